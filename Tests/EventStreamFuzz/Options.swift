import Foundation

struct Options {
  enum Mode { case fuzz, print, decode }

  var mode = Mode.fuzz
  var count = 10_000_000
  var seed = UInt64.random(in: 0..<1_000_000)

  init(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let name = rest.popFirst() {
      switch name {
      case "--print": mode = .print
      case "--decode": mode = .decode
      case "--count":
        guard let value = rest.popFirst().flatMap({ Int($0) }), value > 0 else { Self.exitWithUsage() }
        count = value
      case "--seed":
        guard let value = rest.popFirst().flatMap({ UInt64($0) }) else { Self.exitWithUsage() }
        seed = value
      default: Self.exitWithUsage()
      }
    }
  }

  static func exitWithUsage() -> Never {
    FileHandle.standardError.write(Data("usage: event-stream-fuzz [--print | --decode] [--count STREAMS] [--seed NUMBER]\n".utf8))
    exit(64)
  }
}
