#include "ui/words.hpp"

#include "ui/json_file.hpp"

#include <unicode/fmtable.h>
#include <unicode/locid.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/normalizer2.h>
#include <unicode/parseerr.h>
#include <unicode/plurrule.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utypes.h>
#include <yyjson.h>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace haven::ui {
namespace {

constexpr std::size_t message_bytes_max = 600;
constexpr int counts_tried = 120; // every language's forms of whole numbers repeat within these

std::string utf8_of(const icu::UnicodeString& text) {
    std::string utf8;
    return text.toUTF8String(utf8);
}

icu::UnicodeString unicode_of(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

struct Plural {
    std::string argument;
    std::set<std::string> forms; ///< that it has: "one", "=0"
    bool counts = false;         ///< its number stands in it, so each form has to be there
};

/// A message, taken apart.
struct Message {
    std::string pattern;
    std::set<std::string> arguments;
    std::vector<Plural> plurals;
};

using Messages = std::map<std::string, Message, std::less<>>;

struct File {
    std::filesystem::path path;
    std::string name;
    Messages messages;

    [[nodiscard]] std::unexpected<std::string> fault(std::string_view id,
                                                     std::string_view detail) const {
        return std::unexpected(std::format("{}: {}: {}", path.string(), id, detail));
    }
};

bool can_be_shown(const icu::UnicodeString& text) {
    for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
        const auto kind = u_charType(text.char32At(at));
        if (kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR || kind == U_UNASSIGNED ||
            kind == U_PRIVATE_USE_CHAR || kind == U_SURROGATE || kind == U_LINE_SEPARATOR ||
            kind == U_PARAGRAPH_SEPARATOR) {
            return false;
        }
    }
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(error);
    return U_SUCCESS(error) != 0 && nfc->isNormalized(text, error) != 0;
}

/// The plural that begins at this part of a pattern.
Plural plural_of(const icu::MessagePattern& pattern, std::int32_t start, std::string argument) {
    Plural plural{.argument = std::move(argument), .forms = {}};
    int depth = 0;
    const std::int32_t limit = pattern.getLimitPartIndex(start);
    for (std::int32_t i = start + 1; i < limit; ++i) {
        const auto& part = pattern.getPart(i);
        switch (part.getType()) {
        case UMSGPAT_PART_TYPE_MSG_START:
            depth += 1;
            break;
        case UMSGPAT_PART_TYPE_MSG_LIMIT:
            depth -= 1;
            break;
        case UMSGPAT_PART_TYPE_ARG_SELECTOR:
            if (depth == 0) {
                plural.forms.insert(utf8_of(pattern.getSubstring(part)));
            }
            break;
        case UMSGPAT_PART_TYPE_REPLACE_NUMBER:
            plural.counts = true;
            break;
        default:
            break;
        }
    }
    return plural;
}

std::expected<Message, std::string> read_message(std::string_view text) {
    const icu::UnicodeString written = unicode_of(text);
    if (text.empty() || text.size() > message_bytes_max) {
        return std::unexpected(std::format("must have 1 to {} bytes", message_bytes_max));
    }
    if (!can_be_shown(written)) {
        return std::unexpected("holds what cannot be shown, or letters that are not composed");
    }
    UErrorCode error = U_ZERO_ERROR;
    UParseError where{};
    const icu::MessagePattern pattern(written, &where, error);
    if (U_FAILURE(error) != 0) {
        return std::unexpected(
            std::format("is no pattern of MessageFormat ({} at its character {})",
                        u_errorName(error), where.offset));
    }
    Message message{.pattern = std::string(text), .arguments = {}, .plurals = {}};
    for (std::int32_t i = 0; i < pattern.countParts(); ++i) {
        const auto& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NUMBER) {
            return std::unexpected("arguments have names, not numbers");
        }
        if (part.getType() != UMSGPAT_PART_TYPE_ARG_START) {
            continue;
        }
        const auto& named = pattern.getPart(i + 1);
        const std::string name = utf8_of(pattern.getSubstring(named));
        message.arguments.insert(name);
        if (part.getArgType() == UMSGPAT_ARG_TYPE_PLURAL) {
            message.plurals.push_back(plural_of(pattern, i, name));
        } else if (part.getArgType() != UMSGPAT_ARG_TYPE_NONE) {
            return std::unexpected(std::format("{{{}}} is neither plain nor a plural", name));
        }
    }
    return message;
}

std::expected<File, std::string> read_file(const std::filesystem::path& folder,
                                           std::string_view language) {
    File file{.path = folder / std::format("{}.json", language), .name = {}, .messages = {}};
    const auto document = JsonFile::read(file.path);
    if (!document) {
        return std::unexpected(document.error());
    }
    const auto top = document->members(document->root(), {"name", "tone", "messages"});
    if (!top) {
        return std::unexpected(top.error());
    }
    const auto text_at = [&](const char* member) {
        return yyjson_is_str(top->at(member)) ? yyjson_get_str(top->at(member)) : "";
    };
    file.name = text_at("name");
    if (file.name.empty() || std::string_view(text_at("tone")).empty()) {
        return file.fault("name", "name and tone are texts");
    }
    const auto groups = document->members(top->at("messages"));
    if (!groups) {
        return std::unexpected(groups.error());
    }
    for (const auto& [group, value] : *groups) {
        const auto messages = document->members(value);
        if (!messages) {
            return std::unexpected(messages.error());
        }
        for (const auto& [member, text] : *messages) {
            const std::string id = std::format("{}.{}", group, member);
            if (!yyjson_is_str(text)) {
                return file.fault(id, "is no text");
            }
            auto message = read_message({yyjson_get_str(text), yyjson_get_len(text)});
            if (!message) {
                return file.fault(id, message.error());
            }
            file.messages.emplace(id, std::move(*message));
        }
    }
    return file;
}

/// What is said of a number has the form that the language asks for, for every number.
std::string plural_fault(const Message& message, const icu::PluralRules& rules) {
    for (const Plural& plural : message.plurals) {
        for (std::int32_t n = 0; n <= counts_tried && plural.counts; ++n) {
            const std::string form = utf8_of(rules.select(n));
            if (!plural.forms.contains(std::format("={}", n)) && !plural.forms.contains(form)) {
                return std::format("the plural of {{{}}} has no form '{}'", plural.argument, form);
            }
        }
    }
    return {};
}

/// What the file says otherwise than the reference.
std::expected<void, std::string> held_against(const File& reference, const File& file,
                                              std::string_view language) {
    for (const auto& [id, message] : reference.messages) {
        const auto own = file.messages.find(id);
        if (own == file.messages.end()) {
            return file.fault(
                id, std::format("is missing; {} has it", reference.path.filename().string()));
        }
        if (own->second.arguments != message.arguments) {
            return file.fault(id, std::format("has other arguments than in {}",
                                              reference.path.filename().string()));
        }
    }
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<icu::PluralRules> rules(
        icu::PluralRules::forLocale(icu::Locale(std::string(language).c_str()), error));
    if (U_FAILURE(error) != 0) {
        return file.fault(language, "ICU does not know how it counts");
    }
    for (const auto& [id, message] : file.messages) {
        if (!reference.messages.contains(id)) {
            return file.fault(id, std::format("is not in {}", reference.path.filename().string()));
        }
        if (const auto fault = plural_fault(message, *rules); !fault.empty()) {
            return file.fault(id, fault);
        }
    }
    return {};
}

} // namespace

struct Words::Impl {
    std::string language;
    File file;

    [[nodiscard]] const Message& message(std::string_view id) const {
        const auto found = file.messages.find(id);
        assert(found != file.messages.end());
        return found->second;
    }
};

Words::Words(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Words::Words(Words&&) noexcept = default;
Words& Words::operator=(Words&&) noexcept = default;
Words::~Words() = default;

std::expected<Words, std::string> Words::load(const std::filesystem::path& folder,
                                              std::string_view language) {
    const auto there = languages_in(folder);
    if (std::ranges::find(there, language) == there.end()) {
        std::string list;
        for (const auto& one : there) {
            list += list.empty() ? one : ", " + one;
        }
        return std::unexpected(std::format("{} has no words in '{}'; it has {}", folder.string(),
                                           language, list.empty() ? "none" : list));
    }
    auto file = read_file(folder, language);
    if (!file) {
        return std::unexpected(file.error());
    }
    const auto english = language == reference ? *file : read_file(folder, reference);
    if (!english) {
        return std::unexpected(english.error());
    }
    if (auto held = held_against(*english, *file, language); !held) {
        return std::unexpected(held.error());
    }
    auto impl = std::make_unique<Impl>();
    impl->language = language;
    impl->file = std::move(*file);
    return Words(std::move(impl));
}

const std::string& Words::language() const {
    return impl_->language;
}

const std::string& Words::name() const {
    return impl_->file.name;
}

bool Words::has(std::string_view id) const {
    return impl_->file.messages.contains(id);
}

std::vector<std::string> Words::ids() const {
    std::vector<std::string> ids;
    for (const auto& [id, message] : impl_->file.messages) {
        ids.push_back(id);
    }
    return ids;
}

std::vector<std::string> Words::arguments(std::string_view id) const {
    const auto& names = impl_->message(id).arguments;
    return {names.begin(), names.end()};
}

std::string Words::say(std::string_view id, std::span<const Argument> arguments) const {
    const Message& message = impl_->message(id);
    std::vector<icu::UnicodeString> names;
    std::vector<icu::Formattable> values;
    for (const Argument& argument : arguments) {
        if (!message.arguments.contains(std::string(argument.name))) {
            continue;
        }
        names.push_back(unicode_of(argument.name));
        if (const auto* number = std::get_if<std::int64_t>(&argument.value)) {
            values.emplace_back(*number);
        } else {
            values.emplace_back(unicode_of(std::get<std::string_view>(argument.value)));
        }
    }
    assert(names.size() == message.arguments.size());
    UErrorCode error = U_ZERO_ERROR;
    UParseError where{};
    const icu::MessageFormat format(unicode_of(message.pattern),
                                    icu::Locale(impl_->language.c_str()), where, error);
    icu::UnicodeString said;
    format.format(names.data(), values.data(), static_cast<std::int32_t>(names.size()), said,
                  error);
    assert(U_SUCCESS(error) != 0);
    return utf8_of(said);
}

std::vector<std::string> languages_in(const std::filesystem::path& folder) {
    std::vector<std::string> languages;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == ".json") {
            languages.push_back(entry.path().stem().string());
        }
    }
    std::ranges::sort(languages);
    return languages;
}

std::string language_for(std::span<const std::string> there,
                         std::span<const std::string_view> wished) {
    for (const std::string_view one : wished) {
        for (const std::string_view form : {one, one.substr(0, one.find_first_of("_-.@"))}) {
            if (std::ranges::find(there, form) != there.end()) {
                return std::string(form);
            }
        }
    }
    return std::string(Words::reference);
}

} // namespace haven::ui
