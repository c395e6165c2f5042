/// A row of ``Facts``, for people to read: what is known, since when, and from where.
package struct DatedFact: Sendable, Equatable {
  /// What a fact is about. The raw value appears in JSON.
  package enum Kind: String, Sendable, CaseIterable, Encodable {
    case contextWindow, maxOutputTokens, outputBurndown, reservationFactor, quotaName, countTokens, mediaTokens, throttleText,
      metric, mantlePath
  }

  package enum Value: Sendable, Equatable {
    /// A figure, or a range where sources disagree.
    case figure(ClosedRange<Int>)
    case text(String)
  }

  package var kind: Kind
  /// The id of a model, or the models that the row is about in words.
  package var subject: String
  /// nil: no source gives it.
  package var value: Value?
  /// Year and month, as in `2026-11`; nil: no row.
  package var asOf: String?
  /// nil: no row.
  package var source: String?

  /// Whole months from ``asOf`` to a month; nil if the date can't be read. A month ahead of that one is no months old.
  package func months(to year: Int, _ month: Int) -> Int? {
    guard let parts = asOf?.split(separator: "-").map({ Int($0) }), parts.count >= 2, let then = parts[0], let of = parts[1],
      (1...9_999).contains(then), (1...12).contains(of)
    else { return nil }
    return max((year - then) * 12 + month - of, 0)
  }
}
