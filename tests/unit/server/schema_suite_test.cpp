// The JSON Schema Test Suite (2020-12; data/json_schema_suite, MIT licence beside it) against the
// checker of requests. A schema with a keyword that is not known here is refused when it is read:
// which those are stands below, so that none is passed over.
#include "net/api/json.hpp"
#include "net/api/records.hpp"
#include "server/http/schema.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <yyjson.h>

namespace haven::http {
namespace {

using Document = std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)>;

const std::filesystem::path suite = HAVEN_SOURCE_DIR "/tests/unit/server/data/json_schema_suite";

Document read(const std::string& json) {
    return {yyjson_read(json.data(), json.size(), YYJSON_READ_NUMBER_AS_RAW), &yyjson_doc_free};
}

std::string text_of(yyjson_val* value) {
    return {yyjson_get_str(value), yyjson_get_len(value)};
}

std::string json_of(yyjson_val* value) {
    std::size_t length = 0;
    const std::unique_ptr<char, decltype(&std::free)> text(
        yyjson_val_write(value, YYJSON_WRITE_NOFLAG, &length), &std::free);
    return text == nullptr ? std::string() : std::string(text.get(), length);
}

/// As a body of a request is: read by the one reader first.
bool is_taken(const Schema& schema, yyjson_val* data) {
    const auto body = api::canonical_json(json_of(data));
    return body && check_body(schema, *body);
}

struct Counts {
    std::size_t cases = 0;
    std::set<std::string> refused; ///< "file: group"
};

void run_file(const std::filesystem::path& file, Counts& counts) {
    std::ifstream stream(file);
    const Document document = read({std::istreambuf_iterator<char>(stream), {}});
    ASSERT_TRUE(document) << file;
    yyjson_arr_iter groups = yyjson_arr_iter_with(yyjson_doc_get_root(document.get()));
    while (yyjson_val* group = yyjson_arr_iter_next(&groups)) {
        const std::string name = std::format("{}: {}", file.stem().string(),
                                             text_of(yyjson_obj_get(group, "description")));
        // References are within the schema, which is a document of its own.
        const Document schema_document = read(json_of(yyjson_obj_get(group, "schema")));
        yyjson_val* const root = yyjson_doc_get_root(schema_document.get());
        SchemaReader reader(root, SchemaReader::Patterns::unbounded);
        const auto schema = reader.read(root, "#");
        if (!schema) {
            counts.refused.insert(name);
            continue;
        }
        yyjson_arr_iter tests = yyjson_arr_iter_with(yyjson_obj_get(group, "tests"));
        while (yyjson_val* test = yyjson_arr_iter_next(&tests)) {
            yyjson_val* const data = yyjson_obj_get(test, "data");
            EXPECT_EQ(is_taken(**schema, data), yyjson_get_bool(yyjson_obj_get(test, "valid")))
                << name << ": " << text_of(yyjson_obj_get(test, "description")) << ": "
                << json_of(data);
            ++counts.cases;
        }
    }
}

TEST(SchemaSuite, EveryCaseOfEveryKnownKeywordIsJudgedAsItSays) {
    Counts counts;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(suite)) {
        if (entry.path().extension() == ".json") {
            run_file(entry.path(), counts);
        }
    }
    EXPECT_GT(counts.cases, 700U);
    // multipleOf, dependentSchemas, if, $id and $anchor are not known, nor documents elsewhere, nor
    // patterns by Unicode's properties; and U+0000 is never taken.
    const std::set<std::string> not_known = {
        "additionalProperties: dependentSchemas with additionalProperties",
        "allOf: allOf combined with anyOf, oneOf",
        "const: nul characters in strings",
        "enum: nul characters in strings",
        "multipleOf: by int",
        "multipleOf: by number",
        "multipleOf: by small number",
        "multipleOf: float division = inf",
        "multipleOf: small multiple of large integer",
        "pattern: pattern with Unicode property escape requires unicode mode",
        "ref: $id must be resolved against nearest parent, not just immediate parent",
        "ref: $id with file URI still resolves pointers - *nix",
        "ref: $id with file URI still resolves pointers - windows",
        "ref: Recursive references between schemas",
        "ref: URN base URI with NSS",
        "ref: URN base URI with URN and JSON pointer ref",
        "ref: URN base URI with URN and anchor ref",
        "ref: URN base URI with q-component",
        "ref: URN base URI with r-component",
        "ref: URN ref with nested pointer ref",
        "ref: order of evaluation: $id and $anchor and $ref",
        "ref: order of evaluation: $id and $ref",
        "ref: order of evaluation: $id and $ref on nested schema",
        "ref: ref to else",
        "ref: ref to if",
        "ref: ref to then",
        "ref: ref with absolute-path-reference",
        "ref: refs with relative uris and defs",
        "ref: relative refs with absolute uris and defs",
        "ref: remote ref, containing refs itself",
        "ref: simple URN base URI with $ref via the URN",
        "ref: simple URN base URI with JSON pointer",
    };
    for (const std::string& name : counts.refused) {
        EXPECT_TRUE(not_known.contains(name)) << name << " is refused";
    }
    for (const std::string& name : not_known) {
        EXPECT_TRUE(counts.refused.contains(name)) << name << " is known by now";
    }
}

TEST(SchemaReader, AKeywordThatIsNotKnownIsToldWithItsPlace) {
    for (const auto& [schema, place] :
         {std::pair<std::string_view, std::string_view>{R"({"multipleOf":2})", "#/multipleOf"},
          {R"({"properties":{"a":{"if":{}}}})", "#/properties/a/if"},
          {R"({"format":"hostname"})", "#/format"},
          {R"({"$ref":"#/nowhere"})", "#/$ref"},
          {R"({"type":"text"})", "#/type"},
          {R"({"minLength":1.5})", "#/minLength"},
          {R"({"pattern":"a"})", "#"}}) {
        const Document document = read(std::string(schema));
        SchemaReader reader(yyjson_doc_get_root(document.get()));
        const auto read_schema = reader.read(yyjson_doc_get_root(document.get()), "#");
        ASSERT_FALSE(read_schema) << schema;
        EXPECT_TRUE(read_schema.error().starts_with(std::string(place) + ":"))
            << read_schema.error();
    }
}

TEST(Schema, ErrorsPointToEachPlaceAndABodyComesBackInOneSpelling) {
    const Document document =
        read(R"({"type":"object","additionalProperties":false,"required":["n","at"],"properties":{)"
             R"("n":{"type":"integer","minimum":1},"at":{"type":"string","format":"date-time"},)"
             R"("id":{"oneOf":[{"type":"string","format":"uuid"},{"type":"null"}]},)"
             R"("a/b":{"type":"array","items":{"type":"string","format":"name"}}}})");
    SchemaReader reader(yyjson_doc_get_root(document.get()));
    const Schema& schema = **reader.read(yyjson_doc_get_root(document.get()), "#");
    const auto told = [&schema](std::string_view body) {
        const auto checked = check_body(schema, *api::canonical_json(body));
        std::string text;
        for (const api::BodyError& error :
             checked ? std::vector<api::BodyError>{} : checked.error()) {
            text += error.pointer + ": " + error.detail + "\n";
        }
        return checked ? *checked : text;
    };
    EXPECT_EQ(told(R"({"n":2e1,"at":"2026-11-22t17:36:32.1234567890+01:30",)"
                   R"("id":"0190163D-8694-739B-AEA5-966C26F8AD91"})"),
              R"({"at":"2026-11-22T16:06:32.123456Z","id":"0190163d-8694-739b-aea5-966c26f8ad91",)"
              R"("n":20})");
    EXPECT_EQ(told(R"({"n":20.5,"at":null,"id":7,"a/b":["x\u202e"],"z":1})"),
              "/a~1b/0: must not hold control characters, nor others that cannot be seen\n"
              "/at: must be a string\n"
              "/id: must be a string or null\n"
              "/n: must be a whole number\n"
              "/z: is not known here\n");
    EXPECT_EQ(told(R"({"n":9223372036854775808,"at":"2026-11-22"})"),
              "/at: must be a time of RFC 3339, such as 2026-01-31T12:00:00.000000Z\n"
              "/n: must be a whole number of 64 bits\n");
    EXPECT_EQ(told("[]"), ": must be an object\n");
}

TEST(Schema, PointersAndReferencesAreWhatTheirDocumentsSay) {
    const Document document = read(R"({"pointer":{"type":"string","format":"json-pointer"},)"
                                   R"("reference":{"type":"string","format":"uri-reference"}})");
    yyjson_val* const root = yyjson_doc_get_root(document.get());
    SchemaReader reader(root);
    const auto taken = [&](const char* name, std::string_view text) {
        return check_text(**reader.read(yyjson_obj_get(root, name), name), text).has_value();
    };
    for (const char* pointer : {"", "/", "/a~1b~0c/0", "//", "/é", "/~01"}) {
        EXPECT_TRUE(taken("pointer", pointer)) << pointer;
    }
    for (const char* wrong : {"a", "#/a", "/~", "/~2", "/a~", "~0"}) {
        EXPECT_FALSE(taken("pointer", wrong)) << wrong;
    }
    for (const char* reference :
         {"", "/problems/not-found", "about:blank", "urn:x:y", "https://[::1]:8/a%20b?c=d?e#f/g?",
          "//host/path", "?q", "#", "a/b:c", "./a:b", "mailto:a@b"}) {
        EXPECT_TRUE(taken("reference", reference)) << reference;
    }
    for (const char* wrong : {"a b", "\\a", "é", "%", "%2", "%zz", "a#b#c", ":a", "1a:b", "/[a]",
                              "?[", "<a>", "a_b:c"}) {
        EXPECT_FALSE(taken("reference", wrong)) << wrong;
    }
}

TEST(Schema, AParameterIsReadAsAValueOfItsType) {
    const Document document = read(
        R"({"n":{"type":"integer","minimum":1,"maximum":200},"flag":{"type":"boolean"},)"
        R"("at":{"type":"string","format":"date-time"},"word":{"type":"string","enum":["a"]}})");
    yyjson_val* const root = yyjson_doc_get_root(document.get());
    SchemaReader reader(root);
    const auto check = [&](const char* name, std::string_view text) {
        return check_text(**reader.read(yyjson_obj_get(root, name), name), text);
    };
    EXPECT_EQ(check("n", "20"), "20");
    EXPECT_EQ(check("n", "20.0"), "20");
    EXPECT_EQ(check("n", "2e1"), "20");
    for (const char* wrong : {"20.5", "0", "201", "+20", "020", "0x14", "", "1e400", "twenty",
                              "true", " 20", "9223372036854775808"}) {
        EXPECT_FALSE(check("n", wrong)) << wrong;
    }
    EXPECT_EQ(check("flag", "true"), "true");
    EXPECT_FALSE(check("flag", "1"));
    EXPECT_EQ(check("at", "2026-11-22T16:06:32z"), "2026-11-22T16:06:32.000000Z");
    EXPECT_EQ(check("word", "a"), "a");
    EXPECT_FALSE(check("word", "\"a\""));
}

} // namespace
} // namespace haven::http
