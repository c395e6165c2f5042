import Foundation
import NIOSSL
import SwiftASN1

/// What a certificate says of itself, as far as people need it to know why it isn't trusted.
struct ServerCertificate: Sendable, Equatable {
  /// The common name, else the organization.
  var subject: String
  var issuer: String
  /// The host names and addresses that it is for.
  var names: [String]
  var notBefore: Date
  var notAfter: Date
  /// Whether subject and issuer are the same in all parts.
  var isSelfIssued: Bool
}

extension ServerCertificate {
  /// nil if its names can't be read.
  init?(_ certificate: NIOSSLCertificate) {
    guard let bytes = try? certificate.toDERBytes(), let (issuer, subject) = Self.distinguishedNames(in: bytes) else {
      return nil
    }
    self.subject = Self.shortName(of: subject)
    self.issuer = Self.shortName(of: issuer)
    isSelfIssued = issuer == subject
    // NIOSSL shows the names in its description only.
    let text = certificate.description.split(separator: ";").last { $0.hasPrefix("alternative_names=") } ?? ""
    names = text.dropFirst("alternative_names=".count).split { ",>".contains($0) }.map { Self.printable(String($0)) }
    notBefore = Date(timeIntervalSince1970: Double(certificate.notValidBefore))
    notAfter = Date(timeIntervalSince1970: Double(certificate.notValidAfter))
  }

  private struct NamePart: Equatable {
    var type: ASN1ObjectIdentifier
    var value: String
  }

  /// Issuer and subject of a DER certificate (RFC 5280, section 4.1).
  private static func distinguishedNames(in bytes: [UInt8]) -> (issuer: [NamePart], subject: [NamePart])? {
    guard let certificate = try? DER.parse(bytes), let tbs = children(certificate)?.first, var fields = children(tbs) else {
      return nil
    }
    if fields.first?.identifier.tagClass == .contextSpecific { fields.removeFirst() }  // The version.
    guard fields.count > 4 else { return nil }
    return (name(fields[2]), name(fields[4]))
  }

  private static func children(_ node: ASN1Node) -> [ASN1Node]? {
    guard case .constructed(let nodes) = node.content else { return nil }
    return Array(nodes)
  }

  private static func name(_ node: ASN1Node) -> [NamePart] {
    (children(node) ?? []).flatMap { children($0) ?? [] }.compactMap { part in
      guard let pair = children(part), pair.count == 2, let type = try? ASN1ObjectIdentifier(derEncoded: pair[0]),
        case .primitive(let value) = pair[1].content
      else { return nil }
      return NamePart(type: type, value: String(decoding: value, as: UTF8.self))
    }
  }

  private static func shortName(of parts: [NamePart]) -> String {
    let types: [ASN1ObjectIdentifier] = [[2, 5, 4, 3], [2, 5, 4, 11], [2, 5, 4, 10]]
    let found = types.lazy.compactMap { type in parts.last { $0.type == type }?.value }.first ?? parts.last?.value
    return found.map(printable) ?? "no name"
  }

  /// Short and on one line: the server wrote it.
  private static func printable(_ text: String) -> String {
    String(String(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }).prefix(100))
  }
}
