#include "server/auth/password.hpp"

#include "haven/common_passwords.hpp"
#include "net/api/ascii.hpp"
#include "net/api/error_code.hpp"
#include "net/api/utf8.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/text/text.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::auth {

namespace {

// OWASP's least for argon2id: 19 MiB, two passes, one lane.
constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19'456ULL * 1024;
constexpr std::size_t characters_min = 8;
constexpr std::size_t characters_max = 128;

/// Made once, of a password nobody has: verifying against it costs what verifying a real one costs.
const std::string& nobodys_hash() {
    static const std::string hash = [] {
        std::array<char, 32> random{};
        randombytes_buf(random.data(), random.size());
        return hash_password({random.data(), random.size()}).value_or("");
    }();
    return hash;
}

} // namespace

namespace {

bool is_of(std::string_view hash, std::string_view password) {
    const std::string terminated(hash);
    return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

/// As it is hashed, then as it was typed: a hash from before is of that. How many depends on the
/// password alone, and so does the time that a wrong one takes.
std::vector<std::string> forms_of(std::string_view password) {
    std::vector<std::string> forms;
    if (auto prepared = text::prepared_password(password)) {
        forms.push_back(std::move(*prepared));
    }
    if (forms.empty() || forms.front() != password) {
        forms.emplace_back(password);
    }
    return forms;
}

constexpr std::size_t context_word_length_min = 4;

void add_words(std::vector<std::string>& words, std::string_view text) {
    const auto in_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               static_cast<unsigned char>(c) >= 0x80U;
    };
    const std::string lower = api::lower_case(text);
    for (auto begin = lower.begin(); begin != lower.end();) {
        begin = std::find_if(begin, lower.end(), in_word);
        const auto end = std::find_if_not(begin, lower.end(), in_word);
        if (static_cast<std::size_t>(end - begin) >= context_word_length_min) {
            words.emplace_back(begin, end);
        }
        begin = end;
    }
}

/// The longest first: one may stand in another.
std::vector<std::string> words_of(const PasswordContext& context) {
    std::vector<std::string> words{"haven"};
    add_words(words, context.name);
    add_words(words, context.email);
    std::string_view host = context.site_url;
    host.remove_prefix(std::min(host.size(), host.find("//") + 2));
    add_words(words, host.substr(0, host.find('/')));
    std::ranges::sort(words, std::ranges::greater(), &std::string::size);
    return words;
}

} // namespace

bool init() {
    return sodium_init() >= 0 && !nobodys_hash().empty();
}

std::expected<void, api::BodyError> check_password(std::string_view password,
                                                   const PasswordContext& context) {
    using api::BodyError;
    using api::ErrorCode;
    const auto prepared = text::prepared_password(password);
    if (!prepared) {
        return std::unexpected(BodyError{.pointer = "",
                                         .code = ErrorCode::malformed,
                                         .detail = "must be text in UTF-8 without control "
                                                   "characters, nor others that cannot be seen"});
    }
    const std::size_t characters = api::utf8_length(*prepared);
    if (characters < characters_min) {
        return std::unexpected(BodyError{.pointer = "",
                                         .code = ErrorCode::too_short,
                                         .detail = "must have at least 8 characters",
                                         .limit = characters_min});
    }
    if (characters > characters_max) {
        return std::unexpected(BodyError{.pointer = "",
                                         .code = ErrorCode::too_long,
                                         .detail = "must have at most 128 characters",
                                         .limit = characters_max});
    }
    const std::string lower = api::lower_case(*prepared);
    if (std::ranges::binary_search(common_passwords, std::string_view(lower)) ||
        std::ranges::all_of(lower, [&](char c) { return c == lower.front(); })) {
        return std::unexpected(
            BodyError{.pointer = "",
                      .code = ErrorCode::common_password,
                      .detail = "is one of the commonest passwords; choose another"});
    }
    if (!context.email.empty() && lower == api::lower_case(context.email)) {
        return std::unexpected(BodyError{.pointer = "",
                                         .code = ErrorCode::common_password,
                                         .detail = "must not be the e-mail address"});
    }
    std::string rest = lower;
    for (const std::string& word : words_of(context)) {
        for (std::size_t at = rest.find(word); at != std::string::npos; at = rest.find(word)) {
            rest.erase(at, word.size());
        }
    }
    if (api::utf8_length(rest) < characters_min) {
        return std::unexpected(BodyError{.pointer = "",
                                         .code = ErrorCode::common_password,
                                         .detail = "must have 8 characters besides your name, your "
                                                   "address and the names of this service"});
    }
    return {};
}

std::expected<std::string, NotHashed> hash_new_password(std::string_view password,
                                                        const BreachedPasswords* breached) {
    for (const std::string& form : forms_of(password)) {
        const auto found = breached != nullptr ? breached->contains(form) : false;
        if (!found) {
            return std::unexpected(NotHashed{.failure = found.error()});
        }
        if (*found) {
            return std::unexpected(NotHashed{
                .refused = api::BodyError{
                    .pointer = "",
                    .code = api::ErrorCode::common_password,
                    .detail = "was found among passwords that leaked elsewhere; choose another"}});
        }
    }
    auto hash = hash_password(password);
    if (!hash) {
        return std::unexpected(NotHashed{.failure = std::move(hash.error())});
    }
    return std::move(*hash);
}

std::expected<std::string, std::string> hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const std::string form = forms_of(password).front();
    if (crypto_pwhash_str_alg(hash.data(), form.data(), form.size(), passes, memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return std::unexpected("no memory to hash a password");
    }
    return std::string(hash.data());
}

bool verify_password(std::string_view hash, std::string_view password) {
    return std::ranges::any_of(forms_of(password),
                               [hash](const std::string& form) { return is_of(hash, form); });
}

Verdict prove(std::string_view hash, std::string_view password) {
    if (hash.empty()) {
        // The hash is of random bytes; whoever should guess them is nobody all the same.
        (void)verify_password(nobodys_hash(), password);
        return {};
    }
    Verdict verdict{.right = verify_password(hash, password), .new_hash = std::nullopt};
    if (verdict.right && needs_rehash(hash, password)) {
        if (auto renewed = hash_password(password)) {
            verdict.new_hash = std::move(*renewed);
        }
    }
    return verdict;
}

bool needs_rehash(std::string_view hash, std::string_view password) {
    const std::string terminated(hash);
    if (crypto_pwhash_str_needs_rehash(terminated.c_str(), passes, memory_bytes) != 0) {
        return true;
    }
    const std::vector<std::string> forms = forms_of(password);
    return forms.size() > 1 && !is_of(hash, forms.front());
}

} // namespace haven::auth
