import AWSClient
import AWSWire
import Foundation
import TestSupport
import Testing

/// Our Service Quotas and STS operations against moto, which serves the default quotas of service `vpc` and no others.
struct MotoTests {
  /// The Python that has moto; `scripts/test` sets it.
  static let python = ProcessInfo.processInfo.environment["BEDQUOTA_PYTHON"]

  @Test(.enabled(if: python != nil, "BEDQUOTA_PYTHON does not name a Python with moto; scripts/test sets it"))
  func motoAnswersOurCalls() async throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
      path: "clients/moto_server.py")
    let process = Process()
    process.executableURL = URL(filePath: Self.python!)
    process.arguments = [script.path]
    let (output, input) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardInput = input
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    let url = try #require(line.split(separator: "\n").first.map(String.init))

    try await AsyncHTTPTransport.with { transport in
      let client = AWSClient(configuration: try TestEmulator.configuration(url: url), transport: transport)
      let page: ServiceQuotaPage = try await client.call(
        ServiceQuotasAPI.listAWSDefaultServiceQuotas(serviceCode: "vpc", maxResults: nil, nextToken: nil))
      #expect(page.quotas.count > 10)
      let known = try #require(page.quotas.first)
      let quota = try await client.call(ServiceQuotasAPI.getServiceQuota(serviceCode: "vpc", quotaCode: known.quotaCode))
      #expect(quota == known)
      #expect(quota.value != nil && quota.quotaName?.isEmpty == false)
      let error = try await #require(throws: AWSClientError.self) {
        _ = try await client.call(ServiceQuotasAPI.getServiceQuota(serviceCode: "vpc", quotaCode: "L-00000000"))
      }
      #expect(error.service?.code == "NoSuchResourceException")
      #expect(try await client.call(STSAPI.getCallerIdentity()).account.count == 12)
    }
  }
}
