#!/usr/bin/env bash
# Checks the output of the pki crate with openssl and pkilint. pkilint must not report findings of severity WARNING or
# higher.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/steps.sh

main() {
  part "packages" install_packages
  samples=$(mktemp -d)
  trap 'rm -rf "$samples"' EXIT
  part "samples" make_samples
  part "openssl" each_ca ask_openssl
  part "pkilint" ask_pkilint
}

install_packages() {
  debian_packages openssl python3-venv
  pkilint=$(python_environment pkilint tests/judges/pkilint.txt)
}

make_samples() {
  cargo build --locked --quiet --workspace --example samples
  target/debug/examples/samples "$samples"
}

# Calls the given function with the folder of each CA.
each_ca() {
  local ca
  for ca in "$samples"/*/ca.pem; do
    "$1" "${ca%/*}"
  done
}

ask_pkilint() {
  each_ca pkilint_commands | "$pkilint/bin/python" tests/judges/lint.py
}

ask_openssl() {
  local ca="$1/ca.pem" file
  openssl verify -x509_strict -check_ss_sig -CAfile "$ca" "$ca" "$1"/subscriber-*.pem
  openssl verify -x509_strict -purpose smimesign -CAfile "$ca" "$1"/subscriber-*.pem
  openssl verify -x509_strict -purpose sslclient -CAfile "$ca" "$1"/subscriber-*.pem
  openssl verify -x509_strict -purpose ocsphelper -CAfile "$ca" "$1/responder.pem"
  openssl req -in "$1/ca-request.pem" -verify -noout
  openssl pkcs7 -inform DER -in "$1/ca.p7c" -print_certs -noout
  for file in "$1"/subscriber-*.pem; do
    openssl asn1parse -in "$file" -noout
  done
  for file in "$1"/*.ocsp-response; do
    openssl ocsp -CAfile "$ca" -reqin "$1/request.ocsp" -respin "$file"
  done
  for file in "$1"/*.crl; do
    openssl crl -inform DER -in "$file" -CAfile "$ca" -noout
    openssl asn1parse -inform DER -in "$file" -noout
  done
}

pkilint_commands() {
  local ca="$1/ca.pem" file
  echo "lint_pkix_cert lint -s WARNING $ca"
  for file in "$1"/subscriber-*.pem; do
    echo "lint_cabf_smime_cert lint -t SPONSORED-MULTIPURPOSE -s WARNING $file"
    echo "lint_pkix_signer_signee_cert_chain lint -s WARNING $ca $file"
  done
  echo "lint_pkix_cert lint -s WARNING $1/responder.pem"
  echo "lint_pkix_signer_signee_cert_chain lint -s WARNING $ca $1/responder.pem"
  for file in "$1"/*.ocsp-response; do
    echo "lint_ocsp_response lint -s WARNING $file"
  done
  for file in "$1"/*.crl; do
    echo "lint_crl lint -t CRL -p PKIX -s WARNING $file"
    echo "lint_crl lint -t CRL -p BR -s WARNING $file"
  done
}

main
