import Foundation
import Testing

@testable import Bedquota

/// What an error tells a person, a program and a metric.
struct BedquotaErrorTests {
  @Test func codesAreStable() {
    let codes: [BedquotaError.Code] = [
      .window, .region, .configuration, .file, .request, .response, .quotaUnknown, .abandoned, .concurrentRead, .model,
    ]
    #expect(
      codes.map(\.name) == [
        "window", "region", "configuration", "file", "request", "response", "quota-unknown", "abandoned", "concurrent-read",
        "model",
      ])
    #expect(Set(codes).count == codes.count)
  }

  @Test func aFailedFileOperationSaysWhatAndWhy() throws {
    let cause = #expect(throws: CocoaError.self) { _ = try Data(contentsOf: URL(filePath: "/nowhere/at/all")) }
    let error = BedquotaError.file("in.jsonl can't be read", try #require(cause), parameters: ["input"])
    #expect(error.message.hasPrefix("in.jsonl can't be read: ") && error.message.hasSuffix("."))
    #expect("\(error)" == error.message && error.shortDescription == "file" && error.underlying is CocoaError)
  }

  /// Foundation says "The operation couldn't be completed", and no more.
  @Test(arguments: [
    (CocoaError(.fileNoSuchFile), "No such file or directory"), (CocoaError(.fileWriteNoPermission), "Permission denied"),
    (CocoaError(.fileWriteOutOfSpace), "No space left on device"),
    (CocoaError(.fileWriteVolumeReadOnly), "Read-only file system"),
    (CocoaError(.fileWriteUnknown, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOTDIR)]), "Not a directory"),
    (CocoaError(.fileWriteUnknown), "the system gives no reason (CocoaError 512)"),
  ])
  func systemsWordsForFiles(error: CocoaError, words: String) {
    #expect(BedquotaError.reason(of: error) == words)
    #expect(BedquotaError.reason(of: POSIXError(.EACCES)) == "Permission denied")
  }
}
