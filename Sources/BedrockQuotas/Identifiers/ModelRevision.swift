/// A model's name and its revision, by which facts are found: `-v1:0`, `-v1` and no revision are the same, `-v2:0` is another.
///
/// A date in the name counts, because snapshots of one version have had different limits.
struct ModelRevision: Sendable, Hashable {
  private let provider: String
  private let name: String
  private let revision: String

  init(_ model: ModelID) {
    let (name, revision) = model.nameAndRevision
    provider = model.provider
    self.name = String(name)
    self.revision = revision?.spelled ?? "1"
  }
}
