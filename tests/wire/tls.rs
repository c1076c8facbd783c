//! TLS: whom a session trusts, and what it shows.

use crate::support::stub::{CountingClock, Reply, Stub};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rhain::wire::{ErrorKind, Method, Request, Sent, Settings, Silent, Tls, Wire};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

/// An authority with a server and a client, in files as a user has them.
struct World {
    folder: TempDir,
    server: ServerConfig,
    asking: ServerConfig,
}

impl World {
    fn make() -> World {
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let make = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new(vec![name.to_string()]).expect("parameters");
            (params.signed_by(&key, &authority).expect("a certificate"), key)
        };
        let ((server, server_key), (client, client_key)) = (make("127.0.0.1"), make("client"));
        for (name, text) in [
            ("ca.pem", authority.pem()),
            ("client.pem", client.pem()),
            ("client.key", client_key.serialize_pem()),
            ("both.pem", format!("{}{}", client.pem(), client_key.serialize_pem())),
            ("empty.pem", String::new()),
        ] {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let chain = || vec![CertificateDer::from(server.der().to_vec())];
        let key = || PrivateKeyDer::from(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone()).expect("a root");
        let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().expect("a verifier");
        let plain = ServerConfig::builder().with_no_client_auth().with_single_cert(chain(), key());
        let asking =
            ServerConfig::builder().with_client_cert_verifier(verifier).with_single_cert(chain(), key());
        World { folder, server: plain.expect("a server"), asking: asking.expect("a server") }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.folder.path().join(name))
    }

    async fn start(config: &ServerConfig) -> Stub {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config.clone()));
        Stub::start_tls(acceptor, |_, _| Reply::json(200, "\"safe\"")).await
    }
}

async fn ask(stub: &Stub, tls: Tls) -> Result<Vec<u8>, rhain::wire::Error> {
    let settings = Settings { tls, ..Settings::default() };
    let wire = Wire::new(settings, Arc::new(CountingClock::default()), Arc::new(Silent));
    wire.send(&Request::new("thing.create", Method::Post, stub.url.clone()))
        .await
        .map(|answer| answer.body.to_vec())
}

#[tokio::test]
async fn certificates_are_trusted_as_told() {
    let world = World::make();
    let stub = World::start(&world.server).await;
    let tls = Tls { cacert: world.path("ca.pem"), ..Tls::default() };
    assert_eq!(ask(&stub, tls).await.expect("trusted"), b"\"safe\"");
    let tls = Tls { verify: false, ..Tls::default() };
    assert_eq!(ask(&stub, tls).await.expect("unverified"), b"\"safe\"");
    let error = ask(&stub, Tls::default()).await.expect_err("unknown authority");
    assert_eq!((error.kind, error.sent, error.attempts), (ErrorKind::Tls, Sent::No, 1), "{error}");
    assert_eq!(error.detail, "its certificate is signed by an authority that is not trusted here");
    assert_eq!(stub.count(), 2);
    for (name, says) in
        [("nowhere.pem", "nowhere.pem cannot be read"), ("empty.pem", "holds no PEM certificate")]
    {
        let tls = Tls { cacert: world.path(name), ..Tls::default() };
        let error = ask(&stub, tls).await.expect_err(name);
        assert!(error.kind == ErrorKind::Tls && error.detail.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_asked_for() {
    let world = World::make();
    let stub = World::start(&world.asking).await;
    let trusting = || Tls { cacert: world.path("ca.pem"), ..Tls::default() };
    let two = Tls { cert: world.path("client.pem"), key: world.path("client.key"), ..trusting() };
    assert_eq!(ask(&stub, two).await.expect("shown"), b"\"safe\"");
    let one = Tls { cert: world.path("both.pem"), ..trusting() };
    assert_eq!(ask(&stub, one).await.expect("shown"), b"\"safe\"");
    let error = ask(&stub, trusting()).await.expect_err("none shown");
    assert_eq!((error.kind, error.sent), (ErrorKind::Tls, Sent::No), "{error}");
    let keyless = Tls { cert: world.path("client.pem"), ..trusting() };
    assert!(ask(&stub, keyless).await.expect_err("no key").detail.contains("and its key"));
    assert_eq!(stub.count(), 2);
}

#[tokio::test]
async fn plain_http_where_tls_is_expected_is_no_trust() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("https://{}/", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut hello = [0; 64];
        let _ = stream.read(&mut hello).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await;
        let _ = stream.shutdown().await;
    });
    let wire = Wire::new(Settings::default(), Arc::new(CountingClock::default()), Arc::new(Silent));
    let error = wire.send(&Request::new("thing.list", Method::Get, url)).await.expect_err("no TLS");
    assert_eq!((error.kind, error.sent), (ErrorKind::Tls, Sent::No), "{error}");
    assert!(error.detail.starts_with("it does not speak TLS"), "{error}");
    server.await.expect("the server ends");
}

/// The certificate and the key of a file of vectors, and its whole text.
fn vector(name: &str) -> (ServerConfig, PathBuf) {
    let path =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/vectors")).join(format!("{name}.pem"));
    let text = std::fs::read(&path).expect("a vector");
    let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().expect("certificates");
    let key = PrivateKeyDer::from_pem_slice(&text).expect("a key");
    let server = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    (server.expect("a server"), path)
}

#[tokio::test]
async fn these_kinds_of_keys_are_verified() {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    for name in ["p256", "p384", "ed25519", "rsa2048", "rsa4096"] {
        let (server, path) = vector(name);
        let stub = World::start(&server).await;
        let tls = Tls { cacert: Some(path), ..Tls::default() };
        assert_eq!(ask(&stub, tls).await.unwrap_or_else(|error| panic!("{name}: {error}")), b"\"safe\"");
    }
    let (server, path) = vector("p521");
    let stub = World::start(&server).await;
    let tls = Tls { cacert: Some(path.with_file_name("p521-authority.pem")), ..Tls::default() };
    let error = ask(&stub, tls).await.expect_err("an authority with P-521");
    assert!(error.kind == ErrorKind::Tls && error.detail.contains("P-521 is none"), "{error}");
}

#[tokio::test]
async fn a_certificate_that_signs_itself_may_be_given_as_its_own_authority() {
    let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let make = |host: &str| {
        let mut params = CertificateParams::new(vec![host.to_string()]).expect("parameters");
        // What `openssl req -x509` makes, and webpki refuses as a server's.
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let path = folder.path().join(format!("{host}-{}.pem", key.serialize_pem().len()));
        std::fs::write(&path, certificate.pem()).expect("a file");
        let chain = vec![CertificateDer::from(certificate.der().to_vec())];
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let server = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, der);
        (server.expect("a server"), path)
    };
    let trusting = |path: &PathBuf| Tls { cacert: Some(path.clone()), ..Tls::default() };
    let (server, own) = make("127.0.0.1");
    let stub = World::start(&server).await;
    assert_eq!(ask(&stub, trusting(&own)).await.expect("the very certificate"), b"\"safe\"");
    let (elsewhere, of_another) = make("cloud.example");
    let error = ask(&stub, trusting(&of_another)).await.expect_err("another's certificate");
    assert_eq!(error.kind, ErrorKind::Tls, "{error}");
    let stub = World::start(&elsewhere).await;
    let error = ask(&stub, trusting(&of_another)).await.expect_err("another name");
    assert!(error.detail.contains("is for another name"), "{error}");
    assert_eq!(stub.count(), 0);
}
