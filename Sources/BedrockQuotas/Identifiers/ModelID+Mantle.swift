extension ModelID {
  /// What the ids of one model on bedrock-mantle have in common: the provider and the name, without the revision and the date. This
  /// endpoint writes `openai.gpt-oss-20b` and `anthropic.claude-haiku-4-5` for what others list as `openai.gpt-oss-20b-1:0` and
  /// `anthropic.claude-haiku-4-5-20251001-v1:0`, and takes both.
  package var mantleKey: String {
    var words = nameAndRevision.name.split(separator: "-")
    if words.count > 1, let last = words.last, last.count == 8, Int(last) != nil { words.removeLast() }
    return "\(provider).\(words.joined(separator: "-"))"
  }
}
