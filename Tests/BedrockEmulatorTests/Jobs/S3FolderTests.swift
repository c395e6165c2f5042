import BedrockEmulator
import Foundation
import Testing

struct S3FolderTests {
  /// Gives `body` a folder, and the path of one outside of it.
  private func within(_ body: (S3Folder, _ inside: URL, _ outside: URL) throws -> Void) throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "s3-\(UInt64.random(in: .min ... .max))")
    let (inside, outside) = (root.appending(path: "in"), root.appending(path: "out"))
    for url in [inside, outside] { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    defer { try? FileManager.default.removeItem(at: root) }
    try body(try S3Folder(inside.path), inside, outside)
  }

  private func write(_ lines: [[UInt8]], to key: String, in folder: S3Folder, end: String = "\n") throws {
    var writer = try folder.write(S3Location("s3://bucket/\(key)", member: "s3Uri"))
    for line in lines { try writer.write(line + Array(end.utf8)) }
    try writer.finish()
  }

  private func read(_ key: String, in folder: S3Folder, lineBytesMax: Int = S3Reader.lineBytesMax) throws -> [[UInt8]?] {
    var reader = try folder.read(S3Location("s3://bucket/\(key)", member: "s3Uri"))
    reader.limit = lineBytesMax
    var lines: [[UInt8]?] = []
    while let line = try reader.next() {
      switch line {
      case .text(let bytes): lines.append(bytes)
      case .tooLong: lines.append(nil)
      }
    }
    return lines
  }

  /// Lines of every length around that of the pieces in which a file is read.
  @Test(arguments: ["\n", "\r\n"])
  func linesComeBackAsTheyWere(end: String) throws {
    try within { folder, _, _ in
      let lengths = [1, 2, 65_534, 65_535, 65_536, 65_537, 131_072, 3, 200_000, 1]
      let lines = lengths.map { [UInt8](repeating: UInt8(ascii: "a") + UInt8($0 % 26), count: $0) }
      try write(lines, to: "deep/in/it.jsonl", in: folder, end: end)
      let carriage = end == "\n" ? [] : [UInt8(ascii: "\r")]
      #expect(try read("deep/in/it.jsonl", in: folder) == lines.map { $0 + carriage })
    }
  }

  @Test func blankLinesAndAMissingEndDontCount() throws {
    try within { folder, inside, _ in
      try write([], to: "x", in: folder)
      #expect(try read("x", in: folder) == [])
      try Data("\n \n a\n\r\n\t\nb".utf8).write(to: inside.appending(path: "bucket/x"))
      #expect(try read("x", in: folder) == [Array(" a".utf8), Array("b".utf8)])
    }
  }

  @Test func aLineThatIsTooLongIsSkipped() throws {
    try within { folder, _, _ in
      let long = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
      try write([[1], long, [2], long], to: "x", in: folder)
      #expect(try read("x", in: folder, lineBytesMax: 100_000) == [[1], nil, [2], nil])
    }
  }

  @Test func aFileAppearsWhenItIsFinished() throws {
    try within { folder, inside, _ in
      let location = try S3Location("s3://bucket/x", member: "s3Uri")
      do {
        var writer = try folder.write(location)
        try writer.write([UInt8](repeating: 1, count: 100_000))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: inside.appending(path: "bucket").path) == [])
      try write([[1]], to: "x", in: folder)
      try write([[2]], to: "x", in: folder)
      #expect(try read("x", in: folder) == [[2]])
      #expect(try folder.files(in: S3Location("s3://bucket/", member: "s3Uri"))?.map(\.uri) == ["s3://bucket/x"])
    }
  }

  @Test func linksAreNotFollowed() throws {
    try within { folder, inside, outside in
      try Data("secret\n".utf8).write(to: outside.appending(path: "file"))
      let bucket = inside.appending(path: "bucket")
      try FileManager.default.createDirectory(at: bucket, withIntermediateDirectories: true)
      for (link, target) in [
        (bucket.appending(path: "file"), outside.appending(path: "file")), (bucket.appending(path: "dir"), outside),
      ] {
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
      }
      try FileManager.default.createSymbolicLink(at: inside.appending(path: "linked"), withDestinationURL: outside)
      for uri in ["s3://bucket/file", "s3://bucket/dir/file", "s3://linked/file"] {
        let location = try S3Location(uri, member: "s3Uri")
        #expect(throws: S3Folder.Problem.self) { _ = try folder.read(location).byteCount }
      }
      for uri in ["s3://bucket/dir/new", "s3://linked/new"] {
        let location = try S3Location(uri, member: "s3Uri")
        #expect(throws: S3Folder.Problem.self) {
          var writer = try folder.write(location)
          try writer.finish()
        }
        #expect(throws: S3Folder.Problem.self) { try folder.prepare(location) }
      }
      #expect(try folder.files(in: S3Location("s3://bucket/dir/", member: "s3Uri")) == nil)
      // Writing where a link is replaces the link, not what it leads to.
      try write([[1]], to: "file", in: folder)
      #expect(try String(contentsOf: outside.appending(path: "file"), encoding: .utf8) == "secret\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path) == ["file"])
    }
  }
}
