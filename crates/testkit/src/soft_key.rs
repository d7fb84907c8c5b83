//! A passkey in software, with the browser that speaks for it (`WebAuthn` level 3): tests make
//! it lie in ways that no real one does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

#[derive(Clone)]
pub struct SoftKey {
    pub id: Vec<u8>,
    pub key: SigningKey,
    /// Whose it says it is: as given when it was made.
    pub user: Vec<u8>,
    pub counter: u32,
    pub counts: bool,
    /// Whether its user showed a PIN or a finger.
    pub verifies: bool,
    /// Where its browser says it is.
    pub origin: String,
    pub rp_id: String,
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    bytes
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl SoftKey {
    /// Made for what a server asks, at that address; and what its browser answers.
    pub fn create(options: &Value, origin: &str) -> (Self, String) {
        let key = Self {
            id: random().to_vec(),
            key: SigningKey::from_slice(&random()).expect("a key"),
            user: URL_SAFE_NO_PAD.decode(text(&options["user"]["id"])).expect("base64url"),
            counter: 0,
            counts: true,
            verifies: true,
            origin: origin.to_owned(),
            rp_id: text(&options["rp"]["id"]),
        };
        let answer = key.attest(options);
        (key, answer)
    }

    /// The same key offered once more, for another challenge.
    pub fn attest(&self, options: &Value) -> String {
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x58");
        let data = self.data(true);
        object.push(u8::try_from(data.len()).expect("short"));
        object.extend(&data);
        let client = self.client("webauthn.create", options);
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": { "attestationObject": b64(&object), "clientDataJSON": b64(client.as_bytes()), "transports": ["internal"] },
        })
        .to_string()
    }

    /// Signs what a server asks.
    pub fn answer(&mut self, options: &Value) -> String {
        if self.counts {
            self.counter += 1;
        }
        let client = self.client("webauthn.get", options);
        let data = self.data(false);
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        let signature: Signature = self.key.sign(&signed);
        let b64 = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "id": b64(&self.id), "rawId": b64(&self.id), "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": b64(&data), "clientDataJSON": b64(client.as_bytes()),
                "signature": b64(signature.to_der().as_bytes()), "userHandle": b64(&self.user),
            },
        })
        .to_string()
    }

    fn client(&self, kind: &str, options: &Value) -> String {
        json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    /// 6.1: hash of the address, flags (present 1, verified 4, key along 64), counter, key.
    fn data(&self, with_key: bool) -> Vec<u8> {
        let mut data = Sha256::digest(&self.rp_id).to_vec();
        data.push(1 | if self.verifies { 4 } else { 0 } | if with_key { 64 } else { 0 });
        data.extend(self.counter.to_be_bytes());
        if with_key {
            data.extend([0; 16]);
            data.extend(u16::try_from(self.id.len()).expect("short").to_be_bytes());
            data.extend(&self.id);
            let point = self.key.verifying_key().to_sec1_point(false);
            let (x, y) = (&point.as_bytes()[1..33], &point.as_bytes()[33..65]);
            // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
            data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
            data.extend(x);
            data.extend([0x22, 0x58, 0x20]);
            data.extend(y);
        }
        data
    }
}
