import AWSWire
import Bedquota
import BedrockEmulator
import BedrockQuotas
import Foundation
import TestSupport
import Testing

/// Discovery over HTTP against the emulator.
struct QuotaDiscoveryTests {
  @Test func everyQuotaOfTheSampleAccount() async throws {
    let account = try SampleAccount.load()
    let listing = try await TestEmulator.with([account]) { configuration in
      try await BedquotaSession.with(configuration) { try await $0.discovery.inventory() }
    }
    #expect(Set(listing.inventory.quotas.map(\.code)) == Set(account.defaults.map(\.quotaCode)))
    #expect(listing.pages == 4)
  }

  @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
  func theRecordedAccountIsReadExactly() async throws {
    let accounts = try AccountFolder.load(SharedData.url("account-us-east-1"))
    let (listing, catalog) = try await TestEmulator.with(accounts) { configuration in
      try await BedquotaSession.with(configuration) { (try await $0.discovery.inventory(), try await $0.discovery.catalog()) }
    }
    let quotas = listing.inventory.quotas
    #expect(quotas.count == 1_155 && Set(quotas.map(\.code)).count == 1_155)
    let applied = Dictionary(uniqueKeysWithValues: accounts[0].applied.map { ($0.quotaCode, $0.value) })
    let defaults = Dictionary(uniqueKeysWithValues: accounts[0].defaults.map { ($0.quotaCode, $0.value) })
    for quota in quotas {
      #expect(
        quota.appliedValue == applied[quota.code] ?? nil && quota.defaultValue == defaults[quota.code] ?? nil, "\(quota.code)")
    }
    let inference = [
      "model inference", "InvokeModel", "Model invocation max", "custom model deployment", "batch inference", "odel units",
      "mantle",
    ]
    for quota in quotas where inference.contains(where: quota.name.text.contains) && !quota.name.text.contains("(Guardrails)") {
      #expect(quota.name.scope != .other && quota.name.measure != .other, "\(quota.name.text)")
    }
    #expect(catalog.entries.count == accounts[0].models.count + accounts[0].profiles.count)
  }

  /// The pairs of a third party: no code of ours differs, and at least 98 % are found.
  @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absence)"))
  func everyRecordedPair() async throws {
    struct Pair: Decodable {
      var invoked_id: String
      var codes: [String: String]
    }
    let pairs = try SharedData.decode([Pair].self, from: "model-quota-pairs.json")
    let accounts = try AccountFolder.load(SharedData.url("account-us-east-1"))
    let resolver = try await TestEmulator.with(accounts) { configuration in
      try await BedquotaSession.with(configuration) { session in
        let listing = try await session.discovery.inventory()
        return try await session.discovery.catalog().resolver(for: listing.inventory)
      }
    }
    var (found, total) = (0, 0)
    for pair in pairs {
      let resolution = resolver.resolve(try #require(InvokedID(pair.invoked_id)))
      for (measure, code) in pair.codes {
        total += 1
        let ours = resolution.quotas.filter { $0.quota.name.measure.rawValue == measure }.map(\.quota.code)
        if ours.contains(code) {
          found += 1
        } else {
          #expect(ours.isEmpty, "\(pair.invoked_id) \(measure): \(ours), not \(code)")
        }
      }
    }
    #expect(total > 0 && Double(found) >= 0.98 * Double(total), "\(found) of \(total)")
  }

  @Test func withoutACatalogIdsResolveByRule() async throws {
    let error = try await #require(throws: AWSClientError.self) {
      try await TestEmulator.with([try SampleAccount.load()], secret: "wrong") { configuration in
        try await BedquotaSession.with(configuration) { try await $0.discovery.catalog() }
      }
    }
    #expect(error.service?.code == "InvalidSignatureException" && !error.message.contains("wrong"))
    let quota = Quota(
      code: "L-1", name: QuotaName("Cross-region model inference tokens per minute for Amazon Nova Pro"), family: "Nova")
    let resolver = ModelCatalog.empty.resolver(for: QuotaInventory(region: "x", quotas: [quota]))
    #expect(resolver.resolve(try #require(InvokedID("us.amazon.nova-pro-v1:0"))).status == .resolved)
  }

  @Test func aRecordedAccountComesBackTheSame() async throws {
    let account = try SampleAccount.load()
    let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    let summary = try await TestEmulator.with([account]) { configuration in
      try await BedquotaSession.with(configuration) { try await AccountRecorder(session: $0).record(into: folder) }
    }
    #expect(summary.quotas == account.defaults.count && summary.models == account.models.count)
    #expect(try AccountFolder.load(folder) == [account])
  }

  @Test func everyModelOfTheSampleAccountResolves() async throws {
    let account = try SampleAccount.load()
    let (inventory, catalog) = try await TestEmulator.with([account]) { configuration in
      try await BedquotaSession.with(configuration) {
        (try await $0.discovery.inventory().inventory, try await $0.discovery.catalog())
      }
    }
    let resolver = catalog.resolver(for: inventory)
    for entry in catalog.entries {
      let resolution = resolver.resolve(try #require(InvokedID(entry.id)))
      #expect(resolution.status == (resolution.needsProfile ? .unknown : .resolved), "\(entry.id)")
    }
    #expect(catalog.suggestions(for: "opus-4-7").first == "anthropic.claude-opus-4-7")
  }
}
