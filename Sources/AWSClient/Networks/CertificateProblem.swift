import Foundation

/// Why the certificates of a server aren't trusted, as they tell themselves.
///
/// TLS says of most failures only that there was one.
enum CertificateProblem: Equatable {
  /// Whose names are others.
  case otherNames([String])
  case expired(subject: String, at: Date)
  case notYetValid(subject: String, from: Date)
  /// The server's certificate is signed by itself.
  case selfSigned
  /// The chain ends at an authority that isn't trusted.
  case untrustedAuthority(String)
  /// The server didn't send the certificate of this issuer, which isn't trusted either.
  case missingIssuer(String)

  /// - Parameters:
  ///   - chain: as the server sent it, its own certificate first; not empty.
  ///   - isNameWrong: whether the chain itself was accepted.
  init?(_ chain: [ServerCertificate], isNameWrong: Bool, at now: Date) {
    guard let first = chain.first, let last = chain.last else { return nil }
    if isNameWrong {
      self = .otherNames(first.names.isEmpty ? [first.subject] : first.names)
    } else if let expired = chain.first(where: { $0.notAfter < now }) {
      self = .expired(subject: expired.subject, at: expired.notAfter)
    } else if let early = chain.first(where: { $0.notBefore > now }) {
      self = .notYetValid(subject: early.subject, from: early.notBefore)
    } else if first.isSelfIssued {
      self = .selfSigned
    } else {
      self = last.isSelfIssued ? .untrustedAuthority(last.subject) : .missingIssuer(last.issuer)
    }
  }

  /// What to do about it.
  enum Remedy {
    /// Trust another certificate.
    case trust
    case checkEndpoint, checkDates
  }

  var remedy: Remedy {
    switch self {
    case .otherNames: .checkEndpoint
    case .expired, .notYetValid: .checkDates
    case .selfSigned, .untrustedAuthority, .missingIssuer: .trust
    }
  }

  /// A clause that follows "The certificate of HOST".
  func words(host: String) -> String {
    switch self {
    case .otherNames(let names):
      let listed = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
      return "is for \(listed), not for \(host)"
    case .expired(let subject, let date): return "can't be trusted: that of \"\(subject)\" expired on \(Self.day(date))"
    case .notYetValid(let subject, let date):
      return "can't be trusted: that of \"\(subject)\" is valid from \(Self.day(date)) only"
    case .selfSigned: return "is not trusted: it is signed by itself"
    case .untrustedAuthority(let name): return "is not trusted: its authority \"\(name)\" is unknown here"
    case .missingIssuer(let name):
      return "is not trusted: its issuer \"\(name)\" is unknown here, and the server didn't send that one's certificate"
    }
  }

  private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }
}
