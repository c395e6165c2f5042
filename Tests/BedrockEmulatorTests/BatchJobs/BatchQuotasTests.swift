import AWSWire
import BedrockEmulator
import BedrockQuotas
import Foundation
import TestSupport
import Testing

struct BatchQuotasTests {
  private func quota(_ name: String, _ value: Double) -> Quota {
    Quota(code: name, name: QuotaName(name), appliedValue: value, family: "")
  }

  private func read(_ name: String) -> BatchQuotas { BatchQuotas([quota(name, 7)]) { _ in 7 } }

  /// The values that aren't nil, by the names of the members.
  private func values(_ quotas: BatchQuotas) -> [String: Double] {
    [
      "recordsMin": quotas.recordsMin, "recordsPerFile": quotas.recordsPerFile, "recordsPerJob": quotas.recordsPerJob,
      "bytesPerFile": quotas.bytesPerFile, "bytesPerJob": quotas.bytesPerJob, "jobs": quotas.jobs,
    ].compactMapValues(\.self)
  }

  @Test(
    arguments: [
      ("Minimum number of records per batch inference job for Claude Sonnet 4.5.", "recordsMin", 7.0),
      ("Records per input file per batch inference job for Nova Pro V1", "recordsPerFile", 7),
      ("Records per batch inference job for Nova Pro V1", "recordsPerJob", 7),
      ("Batch inference input file size (in GB) for Titan Text Embeddings V2", "bytesPerFile", 7_516_192_768),
      ("Batch inference input file size for Model X (in GB)", "bytesPerFile", 7_516_192_768),
      ("Batch inference job size  (in GB) for Qwen3 Next 80B", "bytesPerJob", 7_516_192_768),
      ("Sum of in-progress and submitted batch inference jobs using a base model for Nova Pro V1", "jobs", 7),
    ] as [(String, String, Double)])
  func eachSpellingIsRead(name: String, member: String, value: Double) { #expect(values(read(name)) == [member: value]) }

  @Test func jobsOfCustomModelsAreApart() {
    #expect(
      read("Sum of in-progress and submitted batch inference jobs using a custom model for Titan V2")
        == BatchQuotas([]) { _ in nil })
  }

  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
  func everyRecordedOneIsRead() throws {
    struct List: Decodable { var Quotas: [ServiceQuota] }
    let list = try SharedData.decode(List.self, from: "account-us-east-1/list-aws-default-service-quotas.json")
    let batch = list.Quotas.map { QuotaName($0.quotaName ?? "") }.filter { $0.scope == .batch }
    #expect(batch.count > 400)
    let unread = batch.filter { name in read(name.text) == BatchQuotas([]) { _ in nil } }
    #expect(unread.allSatisfy { $0.text.contains("using a custom model") }, "\(unread.map(\.text))")
  }

  @Test func limitsAreInclusive() {
    var quotas = BatchQuotas([]) { _ in nil }
    #expect(quotas.problem(of: "f", bytes: .max, records: .max) == nil)
    #expect(quotas.problem(ofJob: "j", bytes: 0, records: 0) == nil)
    (quotas.recordsMin, quotas.recordsPerJob, quotas.bytesPerJob) = (10, 20, 1_000)
    (quotas.recordsPerFile, quotas.bytesPerFile) = (15, 500)
    for (bytes, records, isFine) in [(500, 15, true), (501, 15, false), (500, 16, false)] {
      #expect((quotas.problem(of: "f", bytes: bytes, records: records) == nil) == isFine)
    }
    for (bytes, records, isFine) in [
      (1_000, 10, true), (1_000, 20, true), (1_000, 9, false), (1_000, 21, false), (1_001, 10, false),
    ] {
      #expect((quotas.problem(ofJob: "j", bytes: bytes, records: records) == nil) == isFine)
    }
  }
}
