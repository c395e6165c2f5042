# Builds Bedquota from source. `scripts/package` writes a copy with the version and the checksum of a release into dist/;
# the address is a placeholder until releases have one.
class Bedquota < Formula
  desc "Amazon Bedrock quotas: find them, watch them, use all of them"
  homepage "https://bedquota.example"
  url "https://bedquota.example/releases/bedquota-0.1.0-source.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "Apache-2.0"

  depends_on "python@3.13" => :build # for the manual pages
  depends_on macos: :sequoia

  # Package.swift says swift-tools-version 6.2; macOS has a Swift of its own with Xcode 26 or its command-line tools.
  uses_from_macos "swift" => :build

  def install
    # Swift's own sandbox doesn't work inside Homebrew's.
    arguments = %w[--disable-sandbox -c release --product bedquota]
    arguments << "--static-swift-stdlib" if OS.linux?
    system "swift", "build", *arguments
    bin.install ".build/release/bedquota"
    generate_completions_from_executable(bin/"bedquota", "--generate-completion-script")
    system "python3.13", "packaging/man.py", "--executable", bin/"bedquota", "--output", "man"
    man1.install Dir["man/*.1"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/bedquota --version")
    assert_match "Amazon Nova Pro", shell_output("#{bin}/bedquota list --emulator --family nova")
  end
end
