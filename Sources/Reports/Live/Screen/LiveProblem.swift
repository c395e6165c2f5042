/// Why there are no new figures.
package struct LiveProblem: Error, Sendable, Equatable {
  /// A sentence.
  package var sentence: String

  package init(_ sentence: String) { self.sentence = sentence }
}
