import AWSClient
import AWSWire
import BedrockEmulator
import TestSupport
import Testing

/// Each operation of the client, over HTTP against the emulator.
struct OperationsTests {
  private func withClient<Output: Sendable>(
    _ body: @escaping @Sendable (AWSClient, EmulatedAccount) async throws -> Output
  ) async throws -> Output {
    let account = try SampleAccount.load()
    return try await TestEmulator.with([account]) { configuration in
      try await AsyncHTTPTransport.with { transport in
        try await body(AWSClient(configuration: configuration, transport: transport), account)
      }
    }
  }

  @Test func single() async throws {
    try await withClient { client, account in
      let quota = account.applied[3]
      #expect(
        try await client.call(ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: quota.quotaCode)) == quota)
      let model = account.models[2]
      #expect(try await client.call(BedrockAPI.getFoundationModel(model.modelId)) == model)
      #expect(try await client.call(BedrockAPI.getFoundationModel(model.modelArn)) == model)
      let profile = account.profiles[1]
      #expect(try await client.call(BedrockAPI.getInferenceProfile(profile.inferenceProfileId)) == profile)
      #expect(try await client.call(BedrockAPI.getInferenceProfile(profile.inferenceProfileArn)) == profile)
      let identity = try await client.call(STSAPI.getCallerIdentity())
      #expect(identity.account == account.accountID && identity.arn == "arn:aws:iam::\(account.accountID):user/emulator")
    }
  }

  @Test(arguments: [1, 7, 99, 100])
  func pagesOfAnySize(size: Int) async throws {
    try await withClient { client, account in
      let paginator = Paginator<ServiceQuotaPage>(operation: "x", token: { $0.nextToken }) { token in
        try await client.call(
          ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "bedrock", maxResults: size, nextToken: token).unpaced)
      }
      var quotas: [ServiceQuota] = []
      for try await page in paginator {
        #expect(page.quotas.count <= size)
        quotas += page.quotas
      }
      #expect(quotas == account.defaults)
    }
  }

  @Test func whatIsNotThere() async throws {
    try await withClient { client, account in
      let applied = Set(account.applied.map(\.quotaCode))
      let defaultOnly = try #require(account.defaults.first { !applied.contains($0.quotaCode) })
      for code in [defaultOnly.quotaCode, "L-00000000"] {
        let error = try await #require(throws: AWSClientError.self) {
          _ = try await client.call(ServiceQuotasAPI.getServiceQuota(serviceCode: "bedrock", quotaCode: code))
        }
        #expect(error.service?.code == "NoSuchResourceException")
      }
      let error = try await #require(throws: AWSClientError.self) {
        _ = try await client.call(BedrockAPI.getFoundationModel("a.b"))
      }
      #expect(error.service?.code == "ResourceNotFoundException" && error.service?.status == 404)
    }
  }
}

extension AWSOperation {
  /// Without the pace that is AWS's concern and would only make a test wait.
  fileprivate var unpaced: AWSOperation {
    var copy = self
    copy.rate = nil
    return copy
  }
}
