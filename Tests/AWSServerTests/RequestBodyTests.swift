import AWSServer
import Foundation
import Testing

struct RequestBodyTests {
  private static func body(_ base64: String, _ encoding: String?) throws(AWSFault) -> String {
    let headers = encoding.map { [(name: "Content-Encoding", value: $0)] } ?? []
    let request = ServerRequest(method: "POST", target: "/", headers: headers, body: Data(base64Encoded: base64) ?? Data())
    return String(decoding: try RequestBody.inflated(request), as: UTF8.self)
  }

  /// `{"a":1}` by zlib, as gzip and as deflate, and as it is.
  private static let gzip = "H4sIAAAAAAACA6tWSlSyMqwFAK+sG1YHAAAA"
  private static let deflate = "eNqrVkpUsjKsBQAIKgIJ"
  private static let plain = "eyJhIjoxfQ=="

  @Test(
    arguments: [(gzip, "gzip"), (gzip, "GZIP"), (deflate, "deflate"), (plain, nil), (plain, "identity"), (plain, "br")]
      as [(String, String?)])
  func bodiesAreDecompressed(base64: String, encoding: String?) throws {
    #expect(try Self.body(base64, encoding) == #"{"a":1}"#)
  }

  @Test(arguments: [("AAAA", "gzip"), (plain, "gzip"), (plain, "deflate"), ("H4sIAAAAAAAA/////w==", "gzip")])
  func whatIsNotCompressedIsRefused(base64: String, encoding: String) {
    #expect { try Self.body(base64, encoding) } throws: { ($0 as? AWSFault)?.code == "SerializationException" }
  }
}
