/// A value that holds secrets: printing it, dumping it and a failed expectation show its type only.
protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Redacted {
  var description: String { "\(Self.self)(…)" }
  var debugDescription: String { description }
  var customMirror: Mirror { Mirror(self, children: []) }
}
