// What an artifact's file is, and the JSON that handlers make of what they were sent.
#include "server/artifacts/file_forms.hpp"
#include "server/http/json_members.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::artifacts {
namespace {

using namespace std::string_literals;

std::string_view mime(const std::string& file) {
    return mime_of(std::as_bytes(std::span(file)));
}

const std::vector<std::pair<std::string, std::string_view>> files{
    {"OggS\0\2\0\0"s, "audio/ogg"},
    {"ID3\4\0\0\0"s, "audio/mpeg"},
    {"\xFF\xFB\x90\x64"s, "audio/mpeg"},
    {"\xFF\xF3\x40\xC4"s, "audio/mpeg"},
    {"RIFF\x24\0\0\0WAVEfmt "s, "audio/wav"},
    {"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\1\x42\x82\x84webm"s, "audio/webm"},
    {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"s, "image/png"},
    {"\xFF\xD8\xFF\xE0\0\x10JFIF"s, "image/jpeg"},
    {"RIFF\x24\0\0\0WEBPVP8 "s, "image/webp"},
    {"HVNTRACE\1"s, trace_mime},
};

TEST(FileForms, EachAllowedFormIsKnownByItsFirstBytes) {
    for (const auto& [file, expected] : files) {
        EXPECT_EQ(mime(file), expected);
    }
}

TEST(FileForms, AFormThatIsCutShortOrChangedIsNone) {
    for (const auto& [file, expected] : files) {
        EXPECT_EQ(mime(file.substr(0, 2)), "") << expected;
        std::string changed = file;
        changed[0] = static_cast<char>(changed[0] ^ 0x20);
        EXPECT_EQ(mime(changed), "") << expected;
    }
}

TEST(FileForms, WhatABrowserWouldRunAndWhatIsLikeAnAllowedFormIsNone) {
    for (const std::string& file :
         {""s, "<svg xmlns='http://www.w3.org/2000/svg'/>"s, "<html>"s, "GIF89a"s, "%PDF-1.7"s,
          "MZ\x90\0"s,
          "\x7F"
          "ELF"s,
          "RIFF\x24\0\0\0AVI LIST"s, "\x1A\x45\xDF\xA3\x9F\x42\x82\x88matroska"s,
          "\xFF\xFF\xFF\xFF"s /* no layer III */, "\xFF\xFB\xF0\x00"s /* no such rate */}) {
        EXPECT_EQ(mime(file), "") << file;
    }
}

TEST(FileForms, OnlyTypesWithAFileHaveALimit) {
    EXPECT_EQ(file_bytes_max("text_entry"), 0);
    EXPECT_EQ(file_bytes_max("audio_recording"), any_file_bytes_max);
    for (const char* type : {"canvas_drawing", "vr_volumetric"}) {
        EXPECT_GT(file_bytes_max(type), 0);
        EXPECT_LT(file_bytes_max(type), any_file_bytes_max);
    }
}

TEST(JsonMembers, AreReadSetReplacedAndTakenAway) {
    http::JsonMembers members(R"({"a":"é \"x\"","b":true,"c":7,"d":null,"e":{"f":[1]}})");
    EXPECT_EQ(members.text("a"), "é \"x\"");
    EXPECT_EQ(members.flag("b"), true);
    EXPECT_EQ(members.number("c"), 7);
    EXPECT_EQ(members.text("b"), std::nullopt);
    EXPECT_EQ(members.text("d"), std::nullopt);
    EXPECT_EQ(members.flag("none"), std::nullopt);
    members.remove("a");
    members.set("c", "now a text");
    members.set_flag("g", false);
    members.set_number("h", -1);
    EXPECT_EQ(members.json(),
              R"({"b":true,"d":null,"e":{"f":[1]},"c":"now a text","g":false,"h":-1})");
}

} // namespace
} // namespace haven::artifacts
