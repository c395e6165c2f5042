/// How an advice text names a parameter to its reader.
///
/// A library names the Swift parameter; a program with options of its own names those.
///
/// ```swift
/// capacity.advice()                                                   // "… outputBurndown sets it."
/// capacity.advice(spelling: ParameterSpelling { "the field \($0)" })  // "… the field outputBurndown sets it."
/// ```
public struct ParameterSpelling: Sendable {
  private let spell: @Sendable (String) -> String

  /// - Parameter spell: the spelling of a parameter, given its Swift name, such as `outputTokens`.
  public init(_ spell: @escaping @Sendable (String) -> String) { self.spell = spell }

  /// The Swift name, unchanged.
  public static let swift = ParameterSpelling { $0 }

  /// The spelling of a parameter.
  /// - Parameter parameter: its Swift name.
  public func callAsFunction(_ parameter: String) -> String { spell(parameter) }
}
