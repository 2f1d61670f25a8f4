#include "net/api/codec.hpp"
#include "net/api/json_rules.hpp"
#include "net/api/members.hpp"
#include "net/api/problem.hpp"
#include "net/api/records.hpp"

#include <algorithm>
#include <cstddef>
#include <format>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// net/api/openapi.yaml and the codec say the same: the document is read here as far as its own
/// plain layout goes (two blanks a level, one member a line).
namespace haven::api {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAreArray;

std::vector<std::string> document_lines() {
    std::ifstream file(HAVEN_SOURCE_DIR "/net/api/openapi.yaml");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

/// "key" of the line "key: ..." at this indent.
std::optional<std::string> key_at(std::string_view line, std::size_t indent) {
    const std::size_t colon = line.find(':');
    if (indent_of(line) != indent || colon == std::string_view::npos) {
        return std::nullopt;
    }
    return std::string(line.substr(indent, colon - indent));
}

/// The lines below `key:` at this indent.
std::vector<std::string> section(const std::vector<std::string>& lines, std::string_view key,
                                 std::size_t indent) {
    auto at = std::ranges::find_if(lines, [&](const auto& l) { return key_at(l, indent) == key; });
    std::vector<std::string> below;
    while (at != lines.end() && ++at != lines.end() && indent_of(*at) > indent) {
        below.push_back(*at);
    }
    return below;
}

struct Schema {
    std::map<std::string, std::string> properties; ///< name to all that is said of it
    std::set<std::string> required;
    std::optional<std::string> example;
};

Schema schema(const std::string& name) {
    const auto lines =
        section(section(section(document_lines(), "components", 0), "schemas", 2), name, 4);
    EXPECT_FALSE(lines.empty()) << name << " is not in the document";
    Schema found;
    std::size_t indent = 0; // of the outermost properties
    for (const std::string& line : lines) {
        const std::size_t at = indent_of(line);
        const std::string_view text = std::string_view(line).substr(at);
        if (text == "properties:" && indent == 0) {
            indent = at;
        } else if (text.starts_with("required: [")) {
            for (const auto part : std::views::split(text.substr(11, text.size() - 12), ',')) {
                const std::string_view item(part);
                found.required.emplace(item.substr(indent_of(item)));
            }
        } else if (text.starts_with("example: {")) {
            found.example = text.substr(9);
        }
    }
    for (const std::string& key_line : lines) {
        if (const auto key = key_at(key_line, indent + 2); indent != 0 && key) {
            for (const std::string& line : section(lines, *key, indent + 2)) {
                found.properties[*key] += line.substr(indent_of(line)) + "\n";
            }
        }
    }
    return found;
}

/// A visitor that compares each member of a record with what the document says of it.
class Comparer {
  public:
    explicit Comparer(Schema schema) : schema_(std::move(schema)) {}

    template <typename T, typename Rule>
    void member(std::string_view key, T&, const Rule& rule,
                detail::Presence presence = detail::Presence::required) {
        take(key, presence == detail::Presence::required);
        compare(rule);
    }
    template <typename T, typename Rule>
    void member(std::string_view key, std::optional<T>&, const Rule& rule) {
        take(key, false);
        compare(rule);
    }
    [[nodiscard]] const std::set<std::string>& names() const { return names_; }

  private:
    void take(std::string_view key, bool required) {
        names_.emplace(key);
        key_ = key;
        said_ = schema_.properties[key_];
        EXPECT_FALSE(said_.empty()) << key_ << " is not in the document";
        EXPECT_EQ(schema_.required.contains(key_), required) << key_;
    }
    void expect(const std::string& words) { EXPECT_THAT(said_, HasSubstr(words)) << key_; }

    void compare(const detail::Text& rule) {
        if (said_.contains("schemas/Identifier")) {
            EXPECT_EQ(rule.length_min, 1U);
            EXPECT_EQ(rule.length_max, 50U);
            return;
        }
        expect(std::format("minLength: {}\n", rule.length_min));
        expect(std::format("maxLength: {}\n", rule.length_max));
    }
    void compare(const detail::OneOf& rule) {
        std::string values;
        for (const std::string_view value : rule.values) {
            values += (values.empty() ? "" : ", ") + std::string(value);
        }
        expect("enum: [" + values + "]\n");
    }
    void compare(const detail::Range& rule) {
        expect(std::format("minimum: {}\n", rule.least));
        expect(std::format("maximum: {}\n", rule.most));
    }
    void compare(const detail::Flag& rule) {
        expect(rule.demanded_true.empty() ? "type: boolean\n" : "const: true\n");
    }
    void compare(detail::Moment /*rule*/) { expect("schemas/Time'"); }
    void compare(detail::Id /*rule*/) { expect("schemas/Id'"); }
    void compare(const detail::Texts& rule) {
        expect(std::format("maxItems: {}\n", rule.count_max));
        expect(std::format("maxLength: {}\n", rule.length_max));
    }
    void compare(detail::RawObject /*rule*/) {
        EXPECT_TRUE(said_.contains("object") || said_.contains("schemas/Ink'")) << key_;
    }

    Schema schema_;
    std::set<std::string> names_;
    std::string key_;
    std::string said_;
};

template <typename Record>
void expect_described(const std::string& name) {
    SCOPED_TRACE(name);
    const Schema described = schema(name);
    Comparer comparer(described);
    Record record;
    detail::visit(comparer, record);
    std::set<std::string> in_document;
    for (const auto& [key, said] : described.properties) {
        in_document.insert(key);
    }
    EXPECT_EQ(in_document, comparer.names());
}

TEST(OpenApi, RequestsAreDescribedMemberByMember) {
    expect_described<Registration>("Registration");
    expect_described<Session>("SessionMembers");
    expect_described<Exercise>("ExerciseMembers");
    expect_described<ExerciseEnd>("ExerciseEnd");
    expect_described<VrSession>("VrSessionMembers");
    expect_described<VrSessionMetrics>("VrSessionMetrics");
    expect_described<VrSessionEnd>("VrSessionEnd");
    expect_described<BilateralDrawing>("BilateralDrawingMembers");
    expect_described<TraceCompletion>("TraceCompletion");
}

/// A visitor that gathers names alone.
struct Names {
    std::set<std::string> names;
    void member(std::string_view key, const auto&... /*rest*/) { names.emplace(key); }
};

/// `others` are for other clients than the headset.
template <typename Record>
void expect_named(const std::string& name, const std::set<std::string>& others = {}) {
    SCOPED_TRACE(name);
    Names names{others};
    Record record;
    detail::visit(names, record);
    std::set<std::string> in_document;
    for (const auto& [key, said] : schema(name).properties) {
        in_document.insert(key);
    }
    EXPECT_EQ(in_document, names.names);
}

TEST(OpenApi, AnswersHaveTheMembersTheyAreSaidToHave) {
    expect_named<Receipt>("Receipt");
    expect_named<TokenGrant>("TokenGrant");
    expect_named<TokenBearer>("TokenBearer", {"csrf_token"});
    expect_named<TraceOffset>("TraceOffset");
}

TEST(OpenApi, ExamplesOfWhatTheCodecReadsAreTaken) {
    const auto example = [](const char* name) { return schema(name).example.value_or("none"); };
    EXPECT_TRUE(decode_registration(example("Registration")));
    EXPECT_TRUE(decode_token_grant(example("TokenGrant")));
    EXPECT_TRUE(decode_trace_completion(example("TraceCompletion")));
    EXPECT_TRUE(decode_receipt(example("Receipt")));
    EXPECT_TRUE(decode_token_bearer(example("TokenBearer")));
    EXPECT_TRUE(decode_trace_offset(example("TraceOffset")));
    EXPECT_EQ(decode_problem(example("Problem"))->type, problem_type::not_found);
}

TEST(OpenApi, RoutesAreTheseAndNoOthers) {
    std::vector<std::string> routes;
    std::string path;
    for (const std::string& line : section(document_lines(), "paths", 0)) {
        if (const auto key = key_at(line, 2)) {
            path = *key;
        } else if (const auto method = key_at(line, 4); method && *method != "parameters") {
            routes.push_back(*method + " " + path);
        }
    }
    EXPECT_THAT(routes, UnorderedElementsAreArray({
                            "get /v1/openapi.yaml",
                            "post /v1/users",
                            "post /v1/auth/tokens",
                            "get /v1/auth/tokens/current",
                            "delete /v1/auth/tokens/current",
                            "get /v1/sessions",
                            "get /v1/sessions/{id}",
                            "put /v1/sessions/{id}",
                            "get /v1/sessions/{id}/exercises",
                            "get /v1/sessions/{id}/vr-sessions",
                            "get /v1/exercises/{id}",
                            "put /v1/exercises/{id}",
                            "put /v1/exercises/{id}/end",
                            "get /v1/exercises/{id}/bilateral-drawings",
                            "get /v1/vr-sessions/{id}",
                            "put /v1/vr-sessions/{id}",
                            "put /v1/vr-sessions/{id}/metrics",
                            "put /v1/vr-sessions/{id}/end",
                            "get /v1/bilateral-drawings/{id}",
                            "put /v1/bilateral-drawings/{id}",
                            "get /v1/bilateral-drawings/{id}/canvases/{sheet}",
                            "get /v1/bilateral-drawings/{id}/trace",
                            "put /v1/bilateral-drawings/{id}/trace",
                            "put /v1/bilateral-drawings/{id}/trace/{offset}",
                        }));
}

} // namespace
} // namespace haven::api
