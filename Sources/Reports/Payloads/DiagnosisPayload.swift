import Bedquota

/// `doctor` as JSON; see docs/json.md.
struct DiagnosisPayload: Encodable {
  struct Check: Encodable {
    var name: String
    var finding: String
    var text: String
  }

  var failures: Int
  var checks: [Check]

  init(_ checks: [DiagnosisCheck]) {
    failures = checks.count { $0.finding == .failed }
    self.checks = checks.map { Check(name: $0.name, finding: $0.finding.rawValue, text: $0.text) }
  }
}
