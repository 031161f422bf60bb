/* Generated from infra/openapi.yaml by `npm run api-types` in tests/browser. Do not edit. */
export interface paths {
    "/api/application": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the current application, pre-filled with the stored data */
        get: operations["showApplication"];
        /**
         * Normalises and saves the application data
         * @description At most 20 times per session.
         */
        put: operations["saveApplication"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application/review": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the complete application before the submission */
        get: operations["reviewApplication"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/application/submission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Submits the reviewed application, which cannot be undone
         * @description The submission is one transaction. A repeated request with the same Idempotency-Key and body returns the first receipt. If the application changes the email address, the application password is required again, and its error is reported at /applicationPassword. Five wrong passwords end the session. The code for the changed address is held, and the registered mailbox receives a notice with a stop code.
         */
        post: operations["submitApplication"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/certificates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the certificates to which the credentials give access */
        get: operations["listCertificates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/certificates/{couponNumber}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                couponNumber: components["parameters"]["CouponNumber"];
            };
            cookie?: never;
        };
        /** Returns one certificate, with the effects of a reissue and their times */
        get: operations["showCertificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/certificates/{couponNumber}/selection": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                couponNumber: components["parameters"]["CouponNumber"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Chooses the certificate and acknowledges that its revocation cannot be undone
         * @description At most 20 times per session.
         */
        post: operations["selectCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pickup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Checks the certificate code and the application password, and returns a preview of the pick-up
         * @description The pick-up has no session, so this request and pickUpCertificate both contain the credentials. A failed check returns the same status, headers and body, regardless of which credential is wrong. Attempts are throttled per code and per client address.
         */
        post: operations["checkPickUp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/pickup/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Issues the certificate for the key of a certification request, which cannot be undone
         * @description The service uses only the key of the certification request, and its signature as proof of possession. A repeated request returns the same certificate. After the issuance, a request with another key is refused.
         */
        post: operations["pickUpCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/receipts/{receiptNumber}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the receipt of an accepted application, with its timeline */
        get: operations["showReceipt"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/receipts/{receiptNumber}/email": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Corrects a mistyped email address and invalidates all earlier codes
         * @description The session must have an identity check that took place after the acceptance and in the last ten minutes. The address can be corrected at most three times per application, until the issuance of the new certificate begins or the application expires. A new code is sent to the corrected address, which the new certificate will contain. If the address is not the registered one, the code is held, and the registered mailbox receives a notice with a stop code. The application password is required again, and five wrong passwords end the session. The request names the version of the receipt that the client has displayed. If several requests name the same version, one of them corrects the address. The session that made the latest correction may repeat it, which has no effect and returns the same response. At most 10 resends and corrections are possible per session.
         */
        put: operations["correctAddress"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/receipts/{receiptNumber}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Requests another certificate code
         * @description A code can be requested at most five times per application, at intervals of at least five minutes, until the certificate is picked up or the application expires, but not while codes for a changed email address are held. When the new code is generated for its email, it replaces the earlier code. At most 10 resends and corrections are possible per session.
         */
        post: operations["resendCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Extends the session's idle time, up to its absolute end
         * @description At most 120 times per session.
         */
        put: operations["extendSession"];
        /**
         * Checks the three credentials and starts a session
         * @description Every failed check returns the same status, headers and body for every wrong credential. After 10 wrong attempts with the same email address and certificate code, registered or not, the service withholds the results of further attempts (403, `/problems/confirmation-by-email`). If the three credentials are right, the service emails a sign-in code to the registered mailbox, at most once in 5 minutes. The session starts if the request is repeated with the code within 15 minutes. Every 8 hours, one more attempt is answered directly. No account is locked.
         *
         *     A successful check ends the session in the request's cookie, if there is one. At most 5 sessions with the same credentials are open, and another check ends the oldest. At most 30 sessions with the same credentials start in 24 hours.
         */
        post: operations["authenticateSubscriber"];
        /** Ends the session, if there is one */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Returns the application to which a stop code belongs
         * @description The code is in the notice that the registered mailbox receives if an application changes the email address. It proves control of this mailbox. The request does not change anything.
         */
        post: operations["checkStopCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stop/confirmation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stops the application until an officer has decided
         * @description Afterwards, no code gives access to the application, and no code can be requested. A repeated request has no effect. An application that has ended does not change, and the response contains its state.
         */
        post: operations["stopApplication"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ca.cer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the CA certificate, also over plain HTTP */
        get: operations["getCaCertificate"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/crl/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Returns a certificate revocation list, also over plain HTTP
         * @description complete.crl lists all revoked certificates. shard-n.crl lists the revoked certificates whose distribution point is shard-n.crl. A CRL is replaced after each revocation of a certificate in its scope, and in any case before its nextUpdate.
         */
        get: operations["getCrl"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ocsp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Returns the status of the certificate that the request body names */
        post: operations["postOcspRequest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ocsp/{request+}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns the status of the certificate that the path names, in a cacheable form */
        get: operations["getOcspResponse"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The consequences of a changed email address */
        AddressChange: {
            /** @description The number of minutes for which the code is held, or null if an officer must approve the change */
            holdMinutes: number | null;
        };
        AddressCorrection: {
            /** Format: password */
            applicationPassword: string;
            /** @description The new address, normalised as in the application */
            emailAddress: string;
            /** @description The version of the receipt that the client has displayed */
            version: number;
        };
        AlreadyPickedUpProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/already-picked-up";
        };
        /** @description An application was accepted for this certificate or in this session */
        AlreadySubmittedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            nextStep: "receipt";
            /** @constant */
            type?: "/problems/already-submitted";
        };
        ApplicationChangedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/application-changed";
        };
        /** @description Full-width and half-width characters, dashes and spaces are accepted and normalised. An optional field that is absent, null or empty is cleared. Fixed fields may be absent. If present, they must equal the stored values. */
        ApplicationInput: {
            couponNumber: components["schemas"]["CouponNumber"];
            fields: components["schemas"]["EditableFieldsInput"];
            fixed?: components["schemas"]["FixedFieldsInput"];
            /** @description The version that the client has displayed */
            version: number;
        };
        ApplicationPage: {
            /** @description Null if the application names the email address of the certificate */
            addressChange: components["schemas"]["AddressChange"] | null;
            certificate: components["schemas"]["CertificateSummary"];
            couponNumber: components["schemas"]["CouponNumber"];
            fields: components["schemas"]["EditableFields"];
            fixed: components["schemas"]["FixedFields"];
            nextStep: components["schemas"]["Step"];
            revocation: components["schemas"]["RevocationRule"];
            session: components["schemas"]["SessionEnds"];
            version: number;
        };
        ApplicationSaved: {
            fields: components["schemas"]["EditableFields"];
            nextStep: components["schemas"]["Step"];
            version: number;
        };
        /**
         * @description The state of an accepted application. A stopped application waits for the decision of an officer. A rejected application has ended.
         * @enum {string}
         */
        ApplicationState: "waiting" | "pickedUp" | "expired" | "stopped" | "rejected";
        BodyTooLargeProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/body-too-large";
        };
        CertificateIssuance: {
            /** Format: password */
            applicationPassword: string;
            /**
             * Format: password
             * @description The code from the latest email
             */
            certificateCode: string;
            /** @description PKCS #10 in PEM, with a P-256 or P-384 key or an RSA key of 2048 to 4096 bits in steps of 8. The subject and the attributes are ignored. */
            certificationRequest: string;
        };
        CertificateList: {
            /** @description The certificates that can be reissued */
            certificates: components["schemas"]["CertificateSummary"][];
            /** @description A certificate can be reissued only if its remaining validity is longer than this number of days */
            minimumDaysLeft: number;
            nextStep: components["schemas"]["Step"];
            notReissuable: components["schemas"]["NotReissuable"][];
            /** @description The receipts of the accepted applications for these certificates, newest first */
            receipts: components["schemas"]["ReceiptReference"][];
            session: components["schemas"]["SessionEnds"];
        };
        CertificateNotReissuableProblem: components["schemas"]["Problem"] & {
            reason: components["schemas"]["NotReissuableReason"];
            /** @constant */
            type?: "/problems/certificate-not-reissuable";
        };
        CertificatePage: {
            certificate: components["schemas"]["CertificateSummary"];
            /** @example Mihon Taro */
            commonName: string;
            emailAddress: string;
            nextStep: components["schemas"]["Step"];
            revocation: components["schemas"]["RevocationRule"];
            /** @description Hexadecimal octets */
            serialNumber: string;
            session: components["schemas"]["SessionEnds"];
        };
        CertificateSubject: {
            /** @example Mihon Taro */
            commonName: string;
            countryName: string;
            /** @description The rfc822Name of the subject alternative name */
            emailAddress: string;
            organizationIdentifier: string;
            /** @example Sample Trading K.K. */
            organizationName: string;
        };
        CertificateSummary: {
            companyCode: string;
            couponNumber: components["schemas"]["CouponNumber"];
            /** Format: date-time */
            notAfter: string;
            /** Format: date-time */
            notBefore: string;
            /** @example 株式会社サンプル商事 */
            organizationName: string;
            /** @example 見本 太郎 */
            subscriberName: string;
        };
        CodeBlockedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/code-blocked";
        };
        ConfirmationByEmailProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/confirmation-by-email";
        };
        CorrectionNotPossibleProblem: components["schemas"]["Problem"] & {
            /** @enum {unknown} */
            reason: "limitReached" | "issuanceBegun" | "pickedUp" | "expired" | "stopped" | "rejected";
            /** @constant */
            type?: "/problems/correction-not-possible";
        };
        /** @example 984940947 */
        CouponNumber: string;
        Credentials: {
            /** Format: password */
            applicationPassword: string;
            /** Format: password */
            certificateCode: string;
            /** @description The registered address. Unlike a new address, its domain may end in an all-numeric label */
            emailAddress: string;
            /**
             * Format: password
             * @description From the latest email; needed after a 403
             */
            signInCode?: string;
        };
        CrossOriginRequestProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/cross-origin-request";
        };
        DirectRequestProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/direct-request";
        };
        /** @description Null denotes an empty field. In older records, required fields can also be null */
        EditableFields: {
            /** @example 見本ビル13F */
            building: string | null;
            /** @example 中央区 */
            city: string | null;
            /** @example 経理部 */
            departmentJa: string | null;
            /** @example taro@example.co.jp */
            emailAddress: string;
            /** @example 0350001111 */
            phone: string | null;
            /** @example 1040028 */
            postalCode: string | null;
            /** @example 東京都 */
            prefecture: string | null;
            /** @example 八重洲2-8-1 */
            street: string | null;
            /** @example Director, Accounting Dept. */
            titleDepartmentRomaji: string | null;
            /** @example 本部長 */
            titleJa: string | null;
        };
        /** @description The entered values, which the server normalises. A pasted email address becomes the bare address with A-labels */
        EditableFieldsInput: {
            building?: string | null;
            city: string;
            departmentJa?: string | null;
            emailAddress: string;
            phone: string;
            postalCode: string;
            prefecture: string;
            street: string;
            titleDepartmentRomaji?: string | null;
            titleJa?: string | null;
        };
        /**
         * @description The rule that the value violates. Existing names never change, but new rules can be added. The site's rules.json contains the limits of each field, and the messages of the rules that the pages check.
         * @enum {string}
         */
        ErrorCode: "required" | "tooLong" | "notAMailbox" | "missingAtSign" | "severalAddresses" | "severalAtSigns" | "spaceInAddress" | "commaInAddress" | "localPartNotAscii" | "localPartDots" | "localPartTooLong" | "domainWithoutDot" | "numericDomain" | "domainMalformed" | "notFullWidth" | "notRomaji" | "notAPostalCode" | "notAPrefecture" | "notAPhoneNumber" | "sameAddress" | "unsuitableCharacter" | "certificateCodeTypo" | "notASignInCode" | "wrongPassword" | "fixedField" | "unknownField" | "notAcknowledged" | "wrongType" | "csrMalformed" | "csrIsPrivateKey" | "csrIsCertificate" | "csrSignatureAlgorithm" | "csrSignature" | "keyUnsupported" | "keyWeak" | "keyCompromised" | "keyReused";
        /** @description After code-expired, the subscriber can request another code on the receipt page. application-expired and application-rejected are final. After application-stopped, an officer decides about the application. */
        ExpiryProblem: components["schemas"]["Problem"] & {
            /** @enum {unknown} */
            type?: "/problems/code-expired" | "/problems/application-expired" | "/problems/application-stopped" | "/problems/application-rejected";
        };
        /** @description The evidence of the first authentication, which cannot be edited */
        FixedFields: {
            companyCode: string;
            organizationNameEn: string;
            organizationNameJa: string;
            subscriberNameEn: string;
            subscriberNameJa: string;
        };
        /** @description The fixed fields may be absent. If present, they must equal the stored values */
        FixedFieldsInput: {
            companyCode?: string;
            organizationNameEn?: string;
            organizationNameJa?: string;
            subscriberNameEn?: string;
            subscriberNameJa?: string;
        };
        IdempotencyKeyInvalidProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/idempotency-key-invalid";
        };
        IdempotencyKeyReusedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/idempotency-key-reused";
        };
        IdentityCheckFailedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/identity-check-failed";
        };
        IdentityCheckRequiredProblem: components["schemas"]["Problem"] & {
            /** @constant */
            nextStep: "identify";
            /** @constant */
            type?: "/problems/identity-check-required";
        };
        InternalErrorProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/internal-error";
        };
        InvalidFieldsProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/invalid-fields";
        };
        IssuedCertificate: {
            /** @description The certificate in PEM */
            certificate: string;
            /** @description The CA certificates in PEM, starting with the issuer */
            chain: string;
            couponNumber: components["schemas"]["CouponNumber"];
            /** Format: date-time */
            notAfter: string;
            /** Format: date-time */
            notBefore: string;
            /** @description A PKCS #7 structure in PEM with only certificates, starting with the new certificate */
            pkcs7: string;
            serialNumber: string;
            /** @description The SHA-256 of the certificate in DER */
            sha256: string;
            subject: components["schemas"]["CertificateSubject"];
        };
        /** @enum {string} */
        Language: "ja" | "en";
        MalformedBodyProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/malformed-body";
        };
        MethodNotAllowedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/method-not-allowed";
        };
        NotFoundProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/not-found";
        };
        NotReissuable: {
            certificate: components["schemas"]["CertificateSummary"];
            reason: components["schemas"]["NotReissuableReason"];
        };
        /** @enum {string} */
        NotReissuableReason: "revoked" | "expired" | "notYetValid" | "validityTooShort" | "reissueInProgress";
        PickUp: {
            /** @description The new certificate, if it was already issued */
            certificate: components["schemas"]["IssuedCertificate"] | null;
            /** Format: date-time */
            codeExpiresAt: string;
            couponNumber: components["schemas"]["CouponNumber"];
            /**
             * Format: date-time
             * @description The end of the new certificate's validity
             */
            notAfter: string;
            receiptNumber: components["schemas"]["ReceiptNumber"];
            /** @description The old certificate */
            replaces: {
                /** Format: date-time */
                notAfter: string;
                /** Format: date-time */
                revokedAt: string | null;
                /** @description True if the pick-up will revoke the old certificate permanently */
                revokedByPickUp: boolean;
                serialNumber: string;
            };
            subject: components["schemas"]["CertificateSubject"];
        };
        PickUpCheckFailedProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/pick-up-check-failed";
        };
        PickUpCredentials: {
            /** Format: password */
            applicationPassword: string;
            /**
             * Format: password
             * @description The code from the latest email
             */
            certificateCode: string;
        };
        /** @description RFC 9457 problem details */
        Problem: {
            /** @description The remedy */
            detail: string;
            errors?: {
                code: components["schemas"]["ErrorCode"];
                /** @description The field and the remedy, in the requested language */
                detail: string;
                /** Format: json-pointer */
                pointer: string;
            }[];
            /** @description The limit that the request would exceed */
            limit?: number;
            nextStep?: components["schemas"]["Step"];
            /** Format: date-time */
            notAfter?: string;
            /** @enum {string} */
            reason?: "revoked" | "expired" | "notYetValid" | "validityTooShort" | "reissueInProgress" | "tooSoon" | "held" | "limitReached" | "issuanceBegun" | "pickedUp" | "stopped" | "rejected" | "timedOut" | "signedOut" | "replaced" | "tooManySessions" | "wrongPasswords";
            receiptNumber?: components["schemas"]["ReceiptNumber"];
            /**
             * @description The kind of a limited request
             * @enum {string}
             */
            request?: "selection" | "save" | "extension" | "code";
            /**
             * Format: date-time
             * @description With tooSoon and held, the earliest time of the next request
             */
            retryAt?: string;
            status: number;
            title: string;
            type: components["schemas"]["ProblemType"];
        };
        /**
         * Format: uri-reference
         * @description The problem type. Existing values never change
         * @enum {string}
         */
        ProblemType: "/problems/malformed-body" | "/problems/unsupported-media-type" | "/problems/body-too-large" | "/problems/invalid-fields" | "/problems/identity-check-failed" | "/problems/confirmation-by-email" | "/problems/code-blocked" | "/problems/session-missing" | "/problems/session-ended" | "/problems/session-limit-reached" | "/problems/too-many-sign-ins" | "/problems/step-out-of-order" | "/problems/not-found" | "/problems/certificate-not-reissuable" | "/problems/application-changed" | "/problems/already-submitted" | "/problems/idempotency-key-invalid" | "/problems/idempotency-key-reused" | "/problems/pick-up-check-failed" | "/problems/code-expired" | "/problems/already-picked-up" | "/problems/application-expired" | "/problems/application-stopped" | "/problems/application-rejected" | "/problems/stop-code-unknown" | "/problems/resend-not-possible" | "/problems/identity-check-required" | "/problems/cross-origin-request" | "/problems/direct-request" | "/problems/correction-not-possible" | "/problems/method-not-allowed" | "/problems/internal-error" | "/problems/temporarily-unavailable";
        Receipt: {
            /** Format: date-time */
            acceptedAt: string;
            commonName: string;
            /** @description States whether the email address can be corrected */
            correction: {
                /**
                 * Format: date-time
                 * @description The time until which this session's identity check is recent enough, or null if it is not
                 */
                identityCheckUntil: string | null;
                /** @description True if the address can be corrected after a recent identity check */
                possible: boolean;
                /**
                 * @description The reason why the request is not possible, or null if it is possible
                 * @enum {string|null}
                 */
                reason: "limitReached" | "issuanceBegun" | "pickedUp" | "expired" | "stopped" | "rejected" | null;
                /** @description The number of remaining corrections */
                remaining: number;
            };
            couponNumber: components["schemas"]["CouponNumber"];
            mail: {
                /**
                 * @description The reason for the state bounced. The value suppressed means that the email was not sent, because earlier emails to the address bounced or were reported as unwanted.
                 * @enum {string|null}
                 */
                bounce: "temporaryFailure" | "mailboxFull" | "refused" | "suppressed" | "undeliverable" | null;
                /** Format: date-time */
                codeExpiresAt: string | null;
                /**
                 * Format: date-time
                 * @description The latest time at which the code that was requested last is sent, or null if an officer must approve the changed address first
                 */
                expectedBy: string | null;
                /**
                 * Format: date-time
                 * @description In the state held, the end of the hold. Null if an officer must approve the changed address, and in all other states.
                 */
                heldUntil: string | null;
                /** @example t***@example.co.jp */
                maskedAddress: string;
                /**
                 * Format: date-time
                 * @description The time when the latest code was sent
                 */
                sentAt: string | null;
                /**
                 * @description The delivery state of the email with the code that was requested last. The value held means that the code is held because the email address was changed. The value complained means that the email was delivered and then reported as unwanted.
                 * @enum {string}
                 */
                state: "waiting" | "held" | "sent" | "delayed" | "delivered" | "bounced" | "complained";
            };
            pickUp: {
                /** @description The coupon number of the new certificate */
                couponNumber: string | null;
                /** Format: date-time */
                pickedUpAt: string | null;
                /**
                 * Format: date-time
                 * @description The end of the pick-up period
                 */
                until: string;
            };
            receiptNumber: components["schemas"]["ReceiptNumber"];
            /** @description States whether another certificate code can be requested */
            resend: {
                /**
                 * Format: date-time
                 * @description With tooSoon and held, the earliest time of the next request, if it is known
                 */
                notBefore: string | null;
                possible: boolean;
                /**
                 * @description The reason why the request is not possible, or null if it is possible
                 * @enum {string|null}
                 */
                reason: "tooSoon" | "held" | "limitReached" | "pickedUp" | "expired" | "stopped" | "rejected" | null;
                /** @description The number of remaining requests */
                remaining: number;
            };
            revocation: {
                /** Format: date-time */
                latestAt: string | null;
                /** Format: date-time */
                revokedAt: string | null;
                /** @enum {string} */
                timing: "submission" | "pickup";
            };
            /** @description The serial number of the old certificate */
            serialNumber: string;
            state: components["schemas"]["ApplicationState"];
            /** @description The events in chronological order */
            timeline: components["schemas"]["TimelineEvent"][];
            /** @description The version of the application. A correction of the address and a change of the state increment the version. */
            version: number;
        };
        /** @description Crockford base 32 in groups of four. The last character is a check character */
        ReceiptNumber: string;
        ReceiptReference: {
            /** Format: date-time */
            acceptedAt: string;
            couponNumber: components["schemas"]["CouponNumber"];
            receiptNumber: components["schemas"]["ReceiptNumber"];
        };
        /** @description With the reason tooSoon, retryAt is the earliest time of the next request. With the reason held, retryAt is the end of the hold, and absent if an officer must approve the changed address. */
        ResendNotPossibleProblem: components["schemas"]["Problem"] & {
            /** @enum {unknown} */
            reason: "tooSoon" | "held" | "limitReached" | "pickedUp" | "expired" | "stopped" | "rejected";
            /** @constant */
            type?: "/problems/resend-not-possible";
        };
        /** @description The time at which this deployment revokes the old certificate */
        RevocationRule: {
            /**
             * Format: date-time
             * @description With pickup, the latest time of the revocation if the application were accepted now. Otherwise null.
             */
            latestAt: string | null;
            /** @enum {string} */
            timing: "submission" | "pickup";
        };
        Selection: {
            /** @constant */
            acknowledged: true;
        };
        SessionEnds: {
            /**
             * Format: date-time
             * @description The time beyond which the session cannot be extended
             */
            endsAt: string;
            /**
             * Format: date-time
             * @description The end of the session, unless it is extended
             */
            expiresAt: string;
        };
        SessionLimitProblem: components["schemas"]["Problem"] & {
            /** @description The maximum number of these requests per session */
            limit: unknown;
            /** @constant */
            nextStep: "identify";
            /** @constant */
            type?: "/problems/session-limit-reached";
        };
        SessionProblem: components["schemas"]["Problem"] & {
            /** @constant */
            nextStep: "identify";
            /**
             * @description The reason why the session has ended. With replaced, an identity check in the same browser started another session. With tooManySessions, later identity checks with the same credentials did. Absent for session-missing.
             * @enum {unknown}
             */
            reason?: "timedOut" | "signedOut" | "replaced" | "tooManySessions" | "wrongPasswords";
            /** @enum {unknown} */
            type?: "/problems/session-missing" | "/problems/session-ended";
        };
        SessionStarted: {
            nextStep: components["schemas"]["Step"];
            session: components["schemas"]["SessionEnds"];
        };
        /**
         * @description A step of the wizard. The values are in the order of the steps
         * @enum {string}
         */
        Step: "identify" | "choose" | "check" | "enter" | "confirm" | "receipt";
        /** @description The step in nextStep must be completed first */
        StepOutOfOrderProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/step-out-of-order";
        };
        StopCodeUnknownProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/stop-code-unknown";
        };
        StoppableApplication: {
            /** Format: date-time */
            acceptedAt: string;
            couponNumber: components["schemas"]["CouponNumber"];
            /**
             * @description The address to which codes are sent
             * @example t***@example.co.jp
             */
            maskedAddress: string;
            receiptNumber: components["schemas"]["ReceiptNumber"];
            /**
             * Format: date-time
             * @description The time at which the state began, or null in the state waiting
             */
            since: string | null;
            state: components["schemas"]["ApplicationState"];
        };
        StopRequest: {
            /**
             * Format: password
             * @description The code from the notice
             */
            stopCode: string;
        };
        Submission: {
            /**
             * Format: password
             * @description Required if addressChange of the reviewed application is not null
             */
            applicationPassword?: string;
            couponNumber: components["schemas"]["CouponNumber"];
            /** @description The emails' language; by default that of the request */
            language?: components["schemas"]["Language"];
            /** @description The version of the application that was reviewed */
            version: number;
        };
        TemporarilyUnavailableProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/temporarily-unavailable";
        };
        TimelineEvent: {
            /** Format: date-time */
            at: string;
            /**
             * @description With listed, the CRL that lists the old certificate
             * @example shard-3
             */
            crl?: string;
            /** @description With listed, the number of this CRL */
            crlNumber?: number;
            /** @enum {string} */
            event: "accepted" | "revoked" | "listed" | "codeSent" | "codeDelayed" | "codeDelivered" | "codeBounced" | "codeComplained" | "addressCorrected" | "stopped" | "released" | "rejected" | "pickedUp" | "expired";
            /** @description With an event of an email that contains a code, the recipient of the email */
            maskedAddress?: string;
        };
        TooManySignInsProblem: components["schemas"]["Problem"] & {
            /** @description The maximum number of sessions that start in 24 hours */
            limit: unknown;
            /** @constant */
            type?: "/problems/too-many-sign-ins";
        };
        UnsupportedMediaTypeProblem: components["schemas"]["Problem"] & {
            /** @constant */
            type?: "/problems/unsupported-media-type";
        };
    };
    responses: {
        /** @description The certificate was issued for another key */
        AlreadyPickedUp: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["AlreadyPickedUpProblem"];
            };
        };
        /** @description An application was already submitted in this session */
        AlreadySubmitted: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["AlreadySubmittedProblem"];
            };
        };
        /** @description The session is not at this step, or the application has changed since it was shown */
        ApplicationConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["StepOutOfOrderProblem"] | components["schemas"]["AlreadySubmittedProblem"] | components["schemas"]["CertificateNotReissuableProblem"] | components["schemas"]["ApplicationChangedProblem"];
            };
        };
        /** @description The body is larger than 16 KiB (16,384 octets) */
        BodyTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["BodyTooLargeProblem"];
            };
        };
        /** @description The certificate cannot be chosen */
        CertificateConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["AlreadySubmittedProblem"] | components["schemas"]["CertificateNotReissuableProblem"];
            };
        };
        /** @description Too many passwords were wrong with this certificate code. The credentials were not checked. The subscriber can request another code on the receipt page */
        CodeBlocked: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["CodeBlockedProblem"];
            };
        };
        /** @description The result is withheld after too many wrong attempts. If the three credentials are right, the service emails a sign-in code to the registered mailbox. Or the request does not come from a page of the site, or not through the site's address */
        ConfirmationByEmail: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ConfirmationByEmailProblem"] | components["schemas"]["CrossOriginRequestProblem"] | components["schemas"]["DirectRequestProblem"];
            };
        };
        /** @description The email address can no longer be corrected, or the application has changed since it was shown */
        CorrectionConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["CorrectionNotPossibleProblem"] | components["schemas"]["ApplicationChangedProblem"];
            };
        };
        /** @description The identity check is too long ago for this operation, or the request does not come from a page of the site, or not through the site's address */
        CorrectionForbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdentityCheckRequiredProblem"] | components["schemas"]["CrossOriginRequestProblem"] | components["schemas"]["DirectRequestProblem"];
            };
        };
        /** @description The request did not come through the site's address */
        DirectRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["DirectRequestProblem"];
            };
        };
        /** @description At least one of the three credentials is wrong */
        IdentityCheckFailed: {
            headers: {
                "WWW-Authenticate": components["headers"]["Challenge"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["IdentityCheckFailedProblem"];
            };
        };
        /** @description An internal error occurred, and nothing was changed */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InternalErrorProblem"];
            };
        };
        /** @description Members of the body violate rules; the response lists all of them */
        InvalidFields: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidFieldsProblem"];
            };
        };
        /** @description Members of the body violate rules, or the Idempotency-Key belongs to another submission */
        InvalidSubmission: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["InvalidFieldsProblem"] | components["schemas"]["IdempotencyKeyReusedProblem"];
            };
        };
        /** @description The body is not JSON, is an array, or contains a member twice */
        MalformedBody: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["MalformedBodyProblem"];
            };
        };
        /** @description The body is not JSON, or the Idempotency-Key is missing or malformed */
        MalformedSubmission: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["MalformedBodyProblem"] | components["schemas"]["IdempotencyKeyInvalidProblem"];
            };
        };
        /** @description The code or the application has expired, or the application was stopped or rejected */
        NoLongerWaiting: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ExpiryProblem"];
            };
        };
        /** @description The request has no session, or the session has ended */
        NoSession: {
            headers: {
                "WWW-Authenticate": components["headers"]["Challenge"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionProblem"];
            };
        };
        /** @description The path does not exist or does not support the method, or the request is refused for another reason before its method is compared. With 405, the header Allow lists the supported methods. */
        NoSuchOperation: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["MethodNotAllowedProblem"] | components["schemas"]["BodyTooLargeProblem"] | components["schemas"]["CrossOriginRequestProblem"] | components["schemas"]["DirectRequestProblem"] | components["schemas"]["UnsupportedMediaTypeProblem"];
            };
        };
        /** @description The credentials give access to no resource with this number */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["NotFoundProblem"];
            };
        };
        /** @description An OCSPResponse in DER. The response is signed unless it reports a malformed request, a certificate without a record (`unauthorized`) or a failure of the service. Only the status of the first certificate in a request is returned. Most deployments ignore nonces. Signed responses without a nonce may be cached for a few minutes. */
        Ocsp: {
            headers: {
                /** @description The time for which the response may be cached */
                "Cache-Control"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/ocsp-response": unknown;
            };
        };
        /** @description The request does not come from a page of the site, or not through the site's address */
        OtherOrigin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["CrossOriginRequestProblem"] | components["schemas"]["DirectRequestProblem"];
            };
        };
        /** @description The code or the password is wrong, or the code is no longer valid */
        PickUpCheckFailed: {
            headers: {
                "WWW-Authenticate": components["headers"]["Challenge"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["PickUpCheckFailedProblem"];
            };
        };
        /** @description Another certificate code cannot be requested now */
        ResendNotPossible: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["ResendNotPossibleProblem"];
            };
        };
        /** @description The session has made as many of these requests as it may */
        SessionLimitReached: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["SessionLimitProblem"];
            };
        };
        /** @description The session is not at this step */
        StepConflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["StepOutOfOrderProblem"] | components["schemas"]["AlreadySubmittedProblem"] | components["schemas"]["CertificateNotReissuableProblem"];
            };
        };
        /** @description The stop code belongs to no application */
        StopCodeUnknown: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["StopCodeUnknownProblem"];
            };
        };
        /** @description A dependency of the service does not respond. The same request may succeed later */
        TemporarilyUnavailable: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TemporarilyUnavailableProblem"];
            };
        };
        /** @description The credentials are correct, but have started too many sessions in the last 24 hours */
        TooManySignIns: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["TooManySignInsProblem"];
            };
        };
        /** @description The Content-Type is not application/json */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
            };
        };
    };
    parameters: {
        CouponNumber: components["schemas"]["CouponNumber"];
    };
    requestBodies: never;
    headers: {
        /** @description The challenge that RFC 9110 §11.6.1 requires */
        Challenge: string;
        /** @description The number of seconds before a retry */
        RetryAfter: number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    showApplication: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content of step 4 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationPage"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["DirectRequest"];
            409: components["responses"]["StepConflict"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    saveApplication: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplicationInput"];
            };
        };
        responses: {
            /** @description The saved data, after normalisation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationSaved"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["NoSession"];
            403: components["responses"]["OtherOrigin"];
            409: components["responses"]["ApplicationConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["SessionLimitReached"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    reviewApplication: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content of step 5 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ApplicationPage"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["DirectRequest"];
            409: components["responses"]["StepConflict"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    submitApplication: {
        parameters: {
            query?: never;
            header: {
                /** @description A random value that the client generates for each submission and repeats in each retry */
                "Idempotency-Key": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submission"];
            };
        };
        responses: {
            /** @description The application is accepted, and the wizard is complete */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["MalformedSubmission"];
            401: components["responses"]["NoSession"];
            403: components["responses"]["OtherOrigin"];
            409: components["responses"]["ApplicationConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidSubmission"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    listCertificates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content of step 2 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificateList"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["DirectRequest"];
            409: components["responses"]["AlreadySubmitted"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    showCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                couponNumber: components["parameters"]["CouponNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content of step 3 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CertificatePage"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["DirectRequest"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["CertificateConflict"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    selectCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                couponNumber: components["parameters"]["CouponNumber"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Selection"];
            };
        };
        responses: {
            /** @description The certificate is chosen, and a draft of the application exists */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionStarted"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["NoSession"];
            403: components["responses"]["OtherOrigin"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["CertificateConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["SessionLimitReached"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    checkPickUp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PickUpCredentials"];
            };
        };
        responses: {
            /** @description The preview of the pick-up. The request does not change anything */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PickUp"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["PickUpCheckFailed"];
            403: components["responses"]["OtherOrigin"];
            410: components["responses"]["NoLongerWaiting"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["CodeBlocked"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    pickUpCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CertificateIssuance"];
            };
        };
        responses: {
            /** @description The certificate, issued by this request or by an earlier one with the same key */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IssuedCertificate"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["PickUpCheckFailed"];
            403: components["responses"]["OtherOrigin"];
            409: components["responses"]["AlreadyPickedUp"];
            410: components["responses"]["NoLongerWaiting"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["CodeBlocked"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    showReceipt: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                receiptNumber: components["schemas"]["ReceiptNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The content of step 6 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["DirectRequest"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    correctAddress: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                receiptNumber: components["schemas"]["ReceiptNumber"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddressCorrection"];
            };
        };
        responses: {
            /** @description The current receipt. A code will be sent to the corrected address */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["NoSession"];
            403: components["responses"]["CorrectionForbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["CorrectionConflict"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["SessionLimitReached"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    resendCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                receiptNumber: components["schemas"]["ReceiptNumber"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current receipt. The code will be sent by email */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["OtherOrigin"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["ResendNotPossible"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["SessionLimitReached"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    extendSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session with its new end */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionStarted"];
                };
            };
            401: components["responses"]["NoSession"];
            403: components["responses"]["OtherOrigin"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["SessionLimitReached"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    authenticateSubscriber: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Credentials"];
            };
        };
        responses: {
            /** @description The credentials are correct, and a session has started */
            201: {
                headers: {
                    /** @description The __Host-session cookie */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionStarted"];
                };
            };
            400: components["responses"]["MalformedBody"];
            401: components["responses"]["IdentityCheckFailed"];
            403: components["responses"]["ConfirmationByEmail"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            429: components["responses"]["TooManySignIns"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    /** @description Removes the cookie */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["OtherOrigin"];
            415: components["responses"]["UnsupportedMediaType"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    checkStopCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            /** @description The application in its current state */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppableApplication"];
                };
            };
            400: components["responses"]["MalformedBody"];
            403: components["responses"]["OtherOrigin"];
            404: components["responses"]["StopCodeUnknown"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    stopApplication: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StopRequest"];
            };
        };
        responses: {
            /** @description The application, which is stopped or has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoppableApplication"];
                };
            };
            400: components["responses"]["MalformedBody"];
            403: components["responses"]["OtherOrigin"];
            404: components["responses"]["StopCodeUnknown"];
            413: components["responses"]["BodyTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidFields"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["TemporarilyUnavailable"];
        };
    };
    getCaCertificate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The certificate in DER */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/pkix-cert": unknown;
                };
            };
        };
    };
    getCrl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The CRL in DER (RFC 5280 §5) */
            200: {
                headers: {
                    /** @description For conditional requests */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/pkix-crl": unknown;
                };
            };
            /** @description A CRL with this name has not been published */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    postOcspRequest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/ocsp-request": unknown;
            };
        };
        responses: {
            200: components["responses"]["Ocsp"];
            403: components["responses"]["DirectRequest"];
        };
    };
    getOcspResponse: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The OCSPRequest in percent-encoded base64. Slashes may be unescaped, so the parameter consists of the rest of the path. */
                request: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Ocsp"];
            403: components["responses"]["DirectRequest"];
        };
    };
}
