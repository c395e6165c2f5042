extension String? {
  /// The text; nil if there is none or it is empty. AWS SDKs treat an empty variable as unset.
  package var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
