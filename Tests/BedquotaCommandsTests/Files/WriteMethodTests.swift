import Foundation
import Testing

@testable import BedquotaCommands

struct WriteMethodTests {
  private func facts(_ kind: PathFacts.Kind, _ change: (inout PathFacts) -> Void = { _ in }) -> PathFacts {
    var facts = PathFacts(target: "folder/chart.svg", kind: kind)
    change(&facts)
    return facts
  }

  @Test func onlyRegularFilesAndNewPathsAreReplaced() throws {
    #expect(try WriteMethod(facts(.file)) == .replace)
    #expect(try WriteMethod(facts(.nothing)) == .replace)
    #expect(try WriteMethod(facts(.pipe)) == .stream)
    #expect(try WriteMethod(facts(.characterDevice)) == .stream)
  }

  @Test(arguments: [PathFacts.Kind.folder, .socket, .blockDevice])
  func whatHoldsNoTextIsRefused(kind: PathFacts.Kind) {
    #expect(throws: WriteMethod.Refusal.self) { try WriteMethod(facts(kind)) }
  }

  @Test func aFileIsWrittenInPlaceWhereANewOneCantTakeItsPlace() throws {
    #expect(try WriteMethod(facts(.file) { $0.folderProblem = EACCES }) == .overwrite)
    #expect(try WriteMethod(facts(.file) { $0.canKeepOwner = false }) == .overwrite)
    #expect(try WriteMethod(facts(.file) { $0.hasOtherNames = true }) == .overwrite)
  }

  @Test func theFileBehindStdoutIsWrittenThroughStdout() throws {
    #expect(try WriteMethod(facts(.file) { $0.isStandardOutput = true }) == .descriptor(1))
  }

  @Test(arguments: [
    (PathFacts.Kind.file, EACCES, "permission denied"), (.pipe, EACCES, "permission denied"),
    (.file, EROFS, "read-only file system"),
  ])
  func aFileThatMayNotBeWrittenIsRefused(kind: PathFacts.Kind, code: Int32, reason: String) {
    #expect(throws: WriteMethod.Refusal(reason: reason)) { try WriteMethod(facts(kind) { $0.writeProblem = code }) }
  }

  @Test func aNewPathNeedsAFolder() {
    #expect(throws: WriteMethod.Refusal(reason: "there is no folder folder")) {
      try WriteMethod(facts(.nothing) { $0.folder = .missing })
    }
    #expect(throws: WriteMethod.Refusal(reason: "folder is not a folder")) {
      try WriteMethod(facts(.nothing) { $0.folder = .notAFolder })
    }
    #expect(throws: WriteMethod.Refusal(reason: "permission denied")) {
      try WriteMethod(facts(.nothing) { $0.folderProblem = EACCES })
    }
    #expect(throws: WriteMethod.Refusal.self) { try WriteMethod(facts(.nothing) { $0.target = "folder/" }) }
  }

  @Test(arguments: [
    ("-", WriteMethod.descriptor(1)), ("/dev/stdout", .descriptor(1)), ("/dev/stderr", .descriptor(2)),
    ("/dev/fd/7", .descriptor(7)), ("/proc/self/fd/7", .descriptor(7)), ("/dev/fd/x", nil), ("/dev/fd/-1", nil), ("./-", nil),
    ("/dev/null", nil),
  ])
  func pathsThatNameADescriptor(path: String, method: WriteMethod?) { #expect(WriteMethod(descriptorNamedBy: path) == method) }

  @Test(arguments: [("a", "."), ("/a", "/"), ("a/b", "a"), ("/a/b", "/a"), ("./a", ".")])
  func foldersOfPaths(path: String, folder: String) { #expect(PathFacts.folder(of: path) == folder) }
}
