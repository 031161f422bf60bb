#!/usr/bin/env bash
# Independent judges of what the pki folder makes: openssl, and pkilint with nothing of severity WARNING or above.
# Needs openssl and Python 3.11 with venv; takes pkilint from PyPI.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly PKILINT_VERSION=0.13.3
readonly VENV="$PWD/target/tools/pkilint-$PKILINT_VERSION"

main() {
  install_pkilint
  specimens=$(mktemp -d)
  trap 'rm -rf "$specimens"' EXIT
  cargo run --locked --quiet --package tests --example specimens -- "$specimens"
  local ca
  for ca in "$specimens"/*/ca.pem; do
    ask_openssl "${ca%/*}"
  done
  for ca in "$specimens"/*/ca.pem; do
    pkilint_commands "${ca%/*}"
  done | "$VENV/bin/python" tests/judges/lint.py
}

install_pkilint() {
  [ -x "$VENV/bin/lint_crl" ] && return 0
  rm -rf "$VENV"
  python3 -m venv "$VENV"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "pkilint==$PKILINT_VERSION"
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
