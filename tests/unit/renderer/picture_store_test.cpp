#include "renderer/scene/picture_store.hpp"

#include "renderer/cache/cache_file.hpp"
#include "renderer/scene/noise.hpp"
#include "tests/support/process.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace haven::scene {
namespace {

constexpr std::uint32_t size_px = 16;

class PictureStoreTest : public ::testing::Test {
  protected:
    PictureLevels picture(std::uint32_t px = size_px, const std::string& name = "leaves") {
        return kept_picture(folder.path(), name, px, [&] {
            ++made;
            return leaf_levels(px);
        });
    }
    std::filesystem::path file() const {
        return std::filesystem::directory_iterator(folder.path())->path();
    }

    test::TempDirectory folder;
    int made = 0;
};

TEST_F(PictureStoreTest, IsMadeOnceAndReadAgain) {
    const PictureLevels first = picture();
    EXPECT_EQ(first, leaf_levels(size_px));
    EXPECT_EQ(picture(), first);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(picture(size_px, "noise"), first);
    EXPECT_EQ(made, 2) << "each name has its own";
}

TEST_F(PictureStoreTest, WhatIsDamagedOrCutShortIsMadeAnew) {
    const PictureLevels first = picture();
    const std::string whole = test::read_text(file());
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{10}, std::size_t{30}, whole.size() / 2, whole.size() - 1}) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        for (const std::string& text : {damaged, whole.substr(0, at), whole + "more"}) {
            test::write_text(file(), text);
            made = 0;
            EXPECT_EQ(picture(), first);
            EXPECT_EQ(made, 1) << at;
            EXPECT_EQ(test::read_text(file()), whole) << "and kept again";
        }
    }
}

TEST_F(PictureStoreTest, AnotherBuildsIsMadeAnew) {
    const PictureLevels first = picture();
    const auto stored = cache_file::read(file());
    const auto data = cache_file::unwrap("havenpi1", stored);
    std::vector<std::byte> other(data.begin(), data.end());
    ASSERT_FALSE(other.empty());
    other.front() ^= std::byte{1}; // of the program's own number
    ASSERT_TRUE(cache_file::replace(file(), cache_file::wrap("havenpi1", other)));
    EXPECT_EQ(picture(), first);
    EXPECT_EQ(made, 2);
    EXPECT_EQ(cache_file::read(file()), stored);
}

TEST_F(PictureStoreTest, AnotherSizeTakesItsPlace) {
    EXPECT_EQ(picture(), leaf_levels(size_px));
    EXPECT_EQ(picture(2 * size_px), leaf_levels(2 * size_px));
    EXPECT_EQ(made, 2);
    EXPECT_EQ(picture(), leaf_levels(size_px));
    EXPECT_EQ(made, 3);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST_F(PictureStoreTest, WithoutAFolderNothingIsKept) {
    for (int i = 0; i < 2; ++i) {
        EXPECT_FALSE(kept_picture({}, "leaves", size_px, [&] {
                         ++made;
                         return leaf_levels(size_px);
                     }).empty());
    }
    EXPECT_EQ(made, 2);
}

TEST_F(PictureStoreTest, AFolderThatCannotBeWrittenCostsNoPicture) {
    test::write_text(folder.path() / "file", "");
    EXPECT_EQ(kept_picture(folder.path() / "file", "leaves", size_px,
                           [] { return leaf_levels(size_px); }),
              leaf_levels(size_px));
}

} // namespace
} // namespace haven::scene
