#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace haven::ui {

/// What a message is filled with: a text, or a number, which decides between its plurals.
struct Argument {
    std::string_view name;
    std::variant<std::string_view, std::int64_t> value;
};

/// What panels say in one language: a file of assets/words (FORMAT-words.md), each message a
/// MessageFormat pattern of ICU. Immutable once read; any thread.
class Words {
  public:
    /// The language that the others are held against: what it says, they say.
    static constexpr std::string_view reference = "en";

    /// `folder`/`language`.json. All or nothing: it must have the messages of the reference and no
    /// others, each with the same arguments, and each plural the forms that its language asks for.
    /// The error names the file and the message.
    [[nodiscard]] static std::expected<Words, std::string> load(const std::filesystem::path& folder,
                                                                std::string_view language);
    Words(Words&&) noexcept;
    Words& operator=(Words&&) noexcept;
    Words(const Words&) = delete;
    Words& operator=(const Words&) = delete;
    ~Words();

    [[nodiscard]] const std::string& language() const; ///< "fr"
    [[nodiscard]] const std::string& name() const;     ///< "Français"
    [[nodiscard]] bool has(std::string_view id) const;
    [[nodiscard]] std::vector<std::string> ids() const; ///< sorted: "pause.title"
    /// The names of what a message has to be filled with, sorted; asserts that it is there.
    [[nodiscard]] std::vector<std::string> arguments(std::string_view id) const;
    /// The message, filled: "pause.title". Asserts that it is there and that each of its arguments
    /// is given; others are passed over.
    [[nodiscard]] std::string say(std::string_view id,
                                  std::span<const Argument> arguments = {}) const;

  private:
    struct Impl;
    explicit Words(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// The languages that a folder has words in: "de", "en". Sorted.
[[nodiscard]] std::vector<std::string> languages_in(const std::filesystem::path& folder);

/// The first of `wished` that there is, be it without its region ("de_AT.UTF-8" finds "de"); the
/// reference where there is none.
[[nodiscard]] std::string language_for(std::span<const std::string> there,
                                       std::span<const std::string_view> wished);

} // namespace haven::ui
