/// Global options of the AWS CLI that this program doesn't have, with what to do in their place.
///
/// Source: docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html.
enum AWSOption {
  private static let sentences = [
    "no-cli-pager": "Set AWS_PAGER to nothing instead: AWS_PAGER= bedquota …",
    "no-paginate": everyPage, "page-size": everyPage, "max-items": everyPage, "starting-token": everyPage,
    "color": "Use --no-color, or set NO_COLOR.",
    "no-sign-request": "Requests are always signed; --emulator needs no credentials.",
    "cli-input-json": noInput, "cli-input-yaml": noInput, "generate-cli-skeleton": noInput, "cli-binary-format": noInput,
    "cli-auto-prompt": "`bedquota --generate-completion-script` completes commands and options in your shell.",
    "no-cli-auto-prompt": "There is no prompt to turn off; leave it out.",
    "cli-error-format": "Errors are one line on stderr; leave it out.",
  ]
  private static let everyPage = "Every page is read; shorten the answer with the command's own options, or with | head."
  private static let noInput = "Options and arguments are the only input; leave it out."

  /// - Parameter word: what the user typed, with hyphens and perhaps a value.
  /// - Returns: nil for options that are not the AWS CLI's, or that have a counterpart here (see ``Suggestion``).
  static func sentence(for word: String) -> String? {
    let name = word.lowercased().drop { $0 == "-" }.prefix { $0 != "=" }
    return sentences[String(name)]
  }
}
