import Crypto
package import Foundation
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority that signs one certificate. Its private key is kept nowhere, so nobody can sign another one with it.
package struct TemporaryAuthority: Sendable {
  /// The identity that it signed.
  package let identity: ServerIdentity
  /// The authority's certificate in PEM, for clients to trust.
  package let certificate: String

  /// How long the certificates are valid. Clients that keep to Apple's rules accept at most 398 days for a server.
  private static let days = 397

  /// - Parameters:
  ///   - name: of the authority, as clients show it.
  ///   - hosts: the names and addresses of the server.
  package init(name: String, hosts: [String], now: Date) throws {
    let (authorityKey, key) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
    let issuer = try DistinguishedName { CommonName(name) }
    // A client's clock may be slow.
    let (begin, end) = (now - 3_600, now + Double(Self.days) * 86_400)
    let authorityID = SubjectKeyIdentifier(hash: .init(authorityKey.publicKey))
    let authority = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(authorityKey.publicKey), notValidBefore: begin, notValidAfter: end,
      issuer: issuer, subject: issuer,
      extensions: try .init {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true))
        authorityID
      }, issuerPrivateKey: .init(authorityKey))
    let leaf = try Certificate(
      version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: begin, notValidAfter: end,
      issuer: issuer, subject: try DistinguishedName { CommonName(hosts.first ?? "localhost") },
      extensions: try .init {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(hosts.map(Self.name))
        SubjectKeyIdentifier(hash: .init(key.publicKey))
        AuthorityKeyIdentifier(keyIdentifier: authorityID.keyIdentifier)
      }, issuerPrivateKey: .init(authorityKey))
    certificate = try authority.serializeAsPEM().pemString + "\n"
    identity = ServerIdentity(
      chain: [try NIOSSLCertificate(bytes: Array(leaf.serializeAsPEM().pemString.utf8), format: .pem)],
      key: try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der))
  }

  private static func name(_ host: String) -> GeneralName {
    for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
      var bytes = [UInt8](repeating: 0, count: count)
      if inet_pton(family, host, &bytes) == 1 { return .ipAddress(ASN1OctetString(contentBytes: bytes[...])) }
    }
    return .dnsName(host)
  }
}
