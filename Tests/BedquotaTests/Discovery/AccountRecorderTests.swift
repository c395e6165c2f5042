import AWSClient
import AWSWire
import Bedquota
import Foundation
import HTTPTypes
import TestSupport
import Testing

/// Recording without a permission; QuotaDiscoveryTests shows that an account comes back the same.
struct AccountRecorderTests {
  /// An empty account that answers one call with an error.
  private struct Transport: HTTPTransport {
    var code: String
    var status: Int

    func send(_ request: AWSHTTPRequest, timeout: Duration) async throws -> AWSHTTPResponse {
      let path = (request.head.path ?? "").prefix { $0 != "?" }
      let (status, body) =
        switch path {
        case "/provisioned-model-throughputs": (self.status, #"{"__type": "\#(code)", "message": "no"}"#)
        case "/foundation-models": (200, #"{"modelSummaries": []}"#)
        case "/inference-profiles": (200, #"{"inferenceProfileSummaries": []}"#)
        default:
          request.body.starts(with: Data("Action=".utf8))
            ? (200, Self.identity) : (200, #"{"Quotas": [{"QuotaCode": "L-1"}]}"#)
        }
      return AWSHTTPResponse(head: HTTPResponse(status: .init(code: status)), body: Data(body.utf8))
    }

    static let identity = """
      <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
      <Arn>arn:aws:iam::111122223333:user/x</Arn><UserId>X</UserId><Account>111122223333</Account>\
      </GetCallerIdentityResult></GetCallerIdentityResponse>
      """
  }

  private func record(_ code: String, status: Int) async throws -> [String] {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    let client = AWSClient(configuration: configuration, transport: Transport(code: code, status: status))
    let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    let summary = try await AccountRecorder(session: BedquotaSession(client: client)).record(into: folder)
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)) == Set(summary.files))
    return summary.files
  }

  @Test func deniedProvisionedThroughputsAreLeftOut() async throws {
    let files = try await record("AccessDeniedException", status: 403)
    #expect(!files.contains("list-provisioned-model-throughputs.json") && files.count == 5)
  }

  /// Nothing is left of a file that couldn't be written.
  @Test func aFileThatCannotBeWrittenIsNamed() async throws {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    let client = AWSClient(configuration: configuration, transport: Transport(code: "AccessDeniedException", status: 403))
    let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let taken = folder.appending(path: "list-service-quotas.json")
    try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
    let error = try await #require(throws: BedquotaError.self) {
      try await AccountRecorder(session: BedquotaSession(client: client)).record(into: folder)
    }
    #expect(error.code == .file)
    #expect(error.message == "\(taken.path) can't be written: Is a directory.")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["list-service-quotas.json"])
  }

  @Test func otherErrorsAreErrors() async throws {
    let error = try await #require(throws: AWSClientError.self) { try await record("ValidationException", status: 400) }
    #expect(error.service?.code == "ValidationException")
  }
}
