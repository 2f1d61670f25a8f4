#include "server/store/routine_check.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <expected>
#include <format>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::store {

namespace {

/// A name, a number, one other character, or '' for a whole literal or quoted name.
using Tokens = std::vector<std::string_view>;

bool in_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Where what begins at `at` and ends with `end` is over.
std::size_t after(std::string_view text, std::size_t at, std::string_view end) {
    const std::size_t found = text.find(end, at);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

/// Without comments; the $$ around a body is left out, so that bodies are read, too. A quote that
/// is doubled makes two literals of one, which counts as one argument all the same.
Tokens tokens_of(std::string_view text) {
    Tokens tokens;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("--")) {
            at = after(text, at, "\n");
        } else if (rest.front() == '\'' || rest.front() == '"') {
            at = after(text, at + 1, rest.substr(0, 1));
            tokens.emplace_back("''");
        } else if (in_word(rest.front())) {
            const auto end = std::ranges::find_if_not(rest, in_word);
            const auto size = static_cast<std::size_t>(end - rest.begin());
            tokens.push_back(rest.substr(0, size));
            at += size;
        } else {
            if (std::isspace(static_cast<unsigned char>(rest.front())) == 0 &&
                rest.front() != '$') {
                tokens.push_back(rest.substr(0, 1));
            }
            ++at;
        }
    }
    return tokens;
}

struct Arguments {
    std::size_t count = 0;
    std::size_t optional = 0; ///< with a DEFAULT
    std::size_t out = 0;
    std::size_t end = 0; ///< the parenthesis that closes them
    bool has_subject = false;
};

/// What stands between the parenthesis at `open` and its own.
Arguments arguments_at(const Tokens& tokens, std::size_t open) {
    Arguments arguments;
    int depth = 0;
    for (std::size_t at = open; at < tokens.size(); ++at) {
        const std::string_view token = tokens[at];
        if (token == ")" || token == "]") {
            if (--depth == 0) {
                arguments.count += at > open + 1 ? 1 : 0;
                arguments.end = at;
                break;
            }
        } else if (token == "(" || token == "[") {
            ++depth;
        } else if (depth == 1) {
            arguments.count += token == "," ? 1 : 0;
            arguments.optional += token == "DEFAULT" ? 1 : 0;
            arguments.out += token == "OUT" ? 1 : 0;
            arguments.has_subject = arguments.has_subject || token == "subject";
        }
    }
    return arguments;
}

struct Takes {
    std::size_t least;
    std::size_t most;
};

bool begins_definition(const Tokens& tokens, std::size_t at) {
    return at >= 2 && tokens[at - 1] == "FUNCTION" && tokens[at - 2] == "REPLACE";
}

bool is_call(const Tokens& tokens, std::size_t at) {
    return at + 1 < tokens.size() && tokens[at + 1] == "(" &&
           (at == 0 || tokens[at - 1] != "FUNCTION");
}

std::multimap<std::string_view, Takes> definitions_of(const Tokens& tokens) {
    std::multimap<std::string_view, Takes> definitions;
    for (std::size_t at = 0; at + 1 < tokens.size(); ++at) {
        if (begins_definition(tokens, at)) {
            const Arguments said = arguments_at(tokens, at + 1);
            const std::size_t most = said.count - said.out;
            definitions.emplace(tokens[at], Takes{most - said.optional, most});
        }
    }
    return definitions;
}

} // namespace

std::expected<void, std::string> check_routines(std::string_view routines) {
    const Tokens tokens = tokens_of(routines);
    const auto definitions = definitions_of(tokens);
    std::string_view routine;
    bool is_word = false; // of those that ask for the subject
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (begins_definition(tokens, at)) {
            routine = tokens[at];
            is_word = arguments_at(tokens, at + 1).has_subject;
        } else if (tokens[at] == "haven_answer" && at > 0 && tokens[at - 1] == ":" && !is_word) {
            return std::unexpected(std::format(
                "{} makes an answer by hand: use the words that ask for its subject", routine));
        } else if (is_call(tokens, at)) {
            const auto [first, last] = definitions.equal_range(tokens[at]);
            const std::size_t count = arguments_at(tokens, at + 1).count;
            const bool fits = first == last || std::any_of(first, last, [count](const auto& one) {
                                  return one.second.least <= count && count <= one.second.most;
                              });
            if (!fits) {
                return std::unexpected(std::format("{} calls {} with {} of its {} arguments",
                                                   routine, tokens[at], count, first->second.most));
            }
        }
    }
    return {};
}

} // namespace haven::store
