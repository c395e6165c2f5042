import Foundation
import Testing

@testable import AWSClient

struct PrivateFileTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "bedquota-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  @Test func aLinkIsReplacedAndWhatItNamesStays() throws {
    let (path, other) = (folder.appending(path: "token").path, folder.appending(path: "other").path)
    try Data("theirs".utf8).write(to: URL(filePath: other))
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: other)
    try PrivateFile.write(Data("ours".utf8), to: path)
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "theirs")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "ours")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600 && attributes[.type] as? FileAttributeType == .typeRegular)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["other", "token"])
  }

  @Test func aFailureLeavesNothingBehind() throws {
    let path = folder.appending(path: "taken").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(throws: POSIXError.self) { try PrivateFile.write(Data("x".utf8), to: path) }
    #expect(throws: POSIXError.self) { try PrivateFile.write(Data("x".utf8), to: "\(folder.path)/none/file") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
  }
}
