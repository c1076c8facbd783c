//! Whose certificate is good where the user names authorities, and why another is not, in a sentence.
//!
//! One certificate that signs itself may be given as its own authority: a server that shows that very certificate is the one that
//! is meant, also where the certificate says that it is for an authority (what `openssl req -x509` makes), as curl takes it.

use super::settings::Tls;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::path::Path;
use std::sync::Arc;

/// How connections are made where authorities are given.
///
/// # Errors
/// What is wrong with a file, in words.
pub(super) fn config(tls: &Tls, cacert: &Path) -> Result<ClientConfig, String> {
    let certificates = read(cacert, "authority file")?;
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if added == 0 {
        return Err(format!("the authority file {} holds no PEM certificate", cacert.display()));
    }
    let webpki = WebPkiServerVerifier::builder(Arc::new(roots)).build().map_err(|error| error.to_string())?;
    let verifier = Arc::new(Given { webpki, certificates });
    let builder = ClientConfig::builder().dangerous().with_custom_certificate_verifier(verifier);
    let Some(cert) = &tls.cert else { return Ok(builder.with_no_client_auth()) };
    let chain = read(cert, "client certificate")?;
    let both = format!("the client certificate {} and its key are not both there in PEM", cert.display());
    let key_file = tls.key.as_deref().unwrap_or(cert);
    let bytes = std::fs::read(key_file)
        .map_err(|error| format!("the client key {} cannot be read: {error}", key_file.display()))?;
    let key = PrivateKeyDer::from_pem_slice(&bytes).map_err(|_| both.clone())?;
    builder.with_client_auth_cert(chain, key).map_err(|_| both)
}

fn read(path: &Path, what: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let bytes = std::fs::read(path)
        .map_err(|error| format!("the {what} {} cannot be read: {error}", path.display()))?;
    Ok(CertificateDer::pem_slice_iter(&bytes).filter_map(Result::ok).collect())
}

/// The authorities that are given, and the certificates themselves.
#[derive(Debug)]
struct Given {
    webpki: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Given {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let result = self.webpki.verify_server_cert(shown, others, name, ocsp, now);
        // Its dates were looked at before its issuer was.
        let issuer = matches!(
            result,
            Err(rustls::Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_)
            ))
        );
        if issuer && self.certificates.iter().any(|given| given == shown) {
            rustls::client::verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
            return Ok(ServerCertVerified::assertion());
        }
        result
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.webpki.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// Why a handshake ended, in a sentence; `None` where the library's own words are all there is.
pub(super) fn why(error: &rustls::Error) -> Option<String> {
    use CertificateError as C;
    let rustls::Error::InvalidCertificate(wrong) = error else {
        return match error {
            rustls::Error::InvalidMessage(_) => {
                Some("it does not speak TLS; `http:` may be meant".to_string())
            }
            rustls::Error::PeerIncompatible(_) => {
                Some("it and rhain have no TLS version, cipher or kind of key in common".to_string())
            }
            _ => None,
        };
    };
    let what = match wrong {
        C::UnknownIssuer => "its certificate is signed by an authority that is not trusted here".to_string(),
        C::Expired | C::ExpiredContext { .. } => "its certificate has expired".to_string(),
        C::NotValidYet | C::NotValidYetContext { .. } => "its certificate is not valid yet".to_string(),
        C::NotValidForName => "its certificate is for another name".to_string(),
        C::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            format!("its certificate is for another name ({})", presented.join(", "))
        }
        C::NotValidForNameContext { .. } => "its certificate names no host".to_string(),
        C::Revoked => "its certificate was revoked".to_string(),
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "its certificate is one of an authority, not of a server".to_string()
        }
        other if format!("{other:?}").contains("Unsupported") => {
            "its certificate has a kind of key or signature that is not supported (P-521 is none)".to_string()
        }
        _ => return None,
    };
    Some(what)
}
