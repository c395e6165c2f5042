import Foundation
import Testing

@testable import AWSClient

/// Why a chain isn't trusted.
struct CertificateProblemTests {
  private let now = Date(timeIntervalSince1970: 1_800_000_000)

  private func certificate(
    _ subject: String, by issuer: String, names: [String] = [], from: Double = -1, to: Double = 1
  ) -> ServerCertificate {
    ServerCertificate(
      subject: subject, issuer: issuer, names: names, notBefore: now.addingTimeInterval(from * 86_400),
      notAfter: now.addingTimeInterval(to * 86_400), isSelfIssued: subject == issuer)
  }

  private func problem(_ chain: [ServerCertificate], isNameWrong: Bool = false) -> CertificateProblem? {
    CertificateProblem(chain, isNameWrong: isNameWrong, at: now)
  }

  @Test func everyFault() {
    let leaf = certificate("leaf", by: "middle")
    #expect(problem([]) == nil)
    #expect(problem([leaf]) == .missingIssuer("middle"))
    #expect(problem([leaf, certificate("middle", by: "root")]) == .missingIssuer("root"))
    #expect(
      problem([leaf, certificate("middle", by: "root"), certificate("root", by: "root")]) == .untrustedAuthority("root"))
    #expect(problem([certificate("me", by: "me")]) == .selfSigned)
    #expect(
      problem([leaf, certificate("middle", by: "root", to: -0.5)])
        == .expired(subject: "middle", at: now.addingTimeInterval(-43_200)))
    #expect(
      problem([certificate("leaf", by: "middle", from: 0.5)])
        == .notYetValid(subject: "leaf", from: now.addingTimeInterval(43_200)))
    #expect(problem([certificate("leaf", by: "m", names: ["a", "b"])], isNameWrong: true) == .otherNames(["a", "b"]))
    #expect(problem([leaf], isNameWrong: true) == .otherNames(["leaf"]))
  }

  @Test func words() {
    #expect(CertificateProblem.otherNames(["a", "b", "c", "d", "e"]).words(host: "h") == "is for a, b, c and 2 more, not for h")
    #expect(
      CertificateProblem.expired(subject: "x", at: now).words(host: "h")
        == "can't be trusted: that of \"x\" expired on 2027-01-15")
  }
}
