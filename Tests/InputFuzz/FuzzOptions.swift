import Foundation

struct FuzzOptions {
  var kinds = FuzzKind.allCases
  var count = 2_000
  var seed = UInt64.random(in: 0..<1_000_000)

  init(_ arguments: ArraySlice<String>) {
    var rest = arguments
    while let name = rest.popFirst() {
      switch (name, rest.popFirst()) {
      case ("--kind", let value?):
        guard let kind = FuzzKind(rawValue: value) else { Self.exitWithUsage() }
        kinds = [kind]
      case ("--count", let value?):
        guard let number = Int(value), number > 0 else { Self.exitWithUsage() }
        count = number
      case ("--seed", let value?):
        guard let number = UInt64(value) else { Self.exitWithUsage() }
        seed = number
      default: Self.exitWithUsage()
      }
    }
  }

  private static func exitWithUsage() -> Never {
    let kinds = FuzzKind.allCases.map(\.rawValue).joined(separator: "|")
    FileHandle.standardError.write(Data("usage: input-fuzz [--kind \(kinds)] [--count TRIALS] [--seed NUMBER]\n".utf8))
    exit(64)
  }
}
