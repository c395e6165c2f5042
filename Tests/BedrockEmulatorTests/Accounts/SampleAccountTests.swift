import AWSWire
import BedrockEmulator
import Testing

/// The built-in account is what the README promises.
struct SampleAccountTests {
  @Test func itHasOneOfEverything() throws {
    let account = try SampleAccount.load()
    #expect(Set(account.models.map { $0.providerName ?? "" }).count >= 6)
    #expect(account.models.count >= 15 && account.profiles.count >= 10)
    #expect(Set(account.defaults.map(\.quotaCode)).count == account.defaults.count)
    let applied = Dictionary(uniqueKeysWithValues: account.applied.map { ($0.quotaCode, $0.value) })
    #expect(account.defaults.contains { applied[$0.quotaCode] == nil }, "one quota is there by default only")
    let zero = account.applied.filter { quota in quota.value == 0 && quota.quotaName?.contains("model inference") == true }
    #expect(zero.count == 1)
    #expect(account.defaults.contains { ($0.value ?? 0) < (applied[$0.quotaCode] ?? 0) ?? 0 }, "one was raised")
    #expect(
      account.defaults.contains { quota in (applied[quota.quotaCode] ?? nil).map { $0 < quota.value ?? 0 } ?? false },
      "one was lowered")
    #expect(account.applied.allSatisfy { $0.quotaArn == "arn:aws:servicequotas:us-east-1:111122223333:bedrock/\($0.quotaCode)" })
  }
}
