/// A quota in sentences.
extension Quota {
  /// Why the effective value differs from the applied one, as a sentence; nil if it doesn't differ for this scope.
  package func effectiveValueNote(for scope: QuotaScope) -> String? {
    guard scope == .crossRegion, name.isDoubledAcrossRegions, let value, let effective = self.value(for: scope) else {
      return nil
    }
    let which = appliedValue == nil ? "default" : "applied"
    return
      "\(code) (\(name.measure.rawValue)): the \(which) value \(NumberText.whole(value)) is doubled for cross-region calls; the effective value is \(NumberText.whole(effective))."
  }

  /// `L-D690997B (tokens per day)`
  package var codeAndMeasure: String { "\(code) (\(name.measure.words))" }

  /// What helps against a value that is too low, as the end of a sentence: `request an increase of it in Service Quotas`.
  package var remedy: String {
    let others = "use another model, inference profile or Region"
    return switch adjustable {
    case true?: "request an increase of it in Service Quotas"
    case false?: "open a case with AWS Support, or \(others)"
    case nil: "request an increase of it in Service Quotas or open a case with AWS Support, or \(others)"
    }
  }

  /// Whether it is adjustable, as a part of a sentence.
  /// - Parameter subject: `it`, or its code.
  package func adjustability(of subject: String) -> String {
    switch adjustable {
    case true?: "\(subject) is adjustable"
    case false?: "\(subject) is not adjustable"
    case nil: "\(subject) may be adjustable or not"
    }
  }

  /// What a quota that admits nothing means, and what to do about it.
  /// - Parameter value: the effective value, below 1.
  package func refusal(at value: Double) -> String {
    "\(codeAndMeasure) is \(NumberText.significant(value)): this account may not use the model. \(adjustability(of: "It")): \(remedy)."
  }
}
