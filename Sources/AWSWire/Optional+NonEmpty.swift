extension String? {
  /// The text, or nil where there is none or only an empty one: AWS SDKs treat an empty variable as unset.
  package var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
