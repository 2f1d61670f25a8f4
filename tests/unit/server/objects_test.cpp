#include "server/file_descriptor.hpp"
#include "server/objects/directory_store.hpp"
#include "server/objects/object_store.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace haven::test {

namespace {

namespace fs = std::filesystem;
using objects::DirectoryStore;
using objects::is_valid_key;
using objects::ObjectErrorKind;

std::vector<std::byte> bytes_of(std::size_t size, int value) {
    return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

class Directory : public testing::Test {
  protected:
    void SetUp() override {
        auto opened = DirectoryStore::open(directory_.path() / "objects");
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = std::move(*opened);
    }

    TempDirectory directory_;
    std::unique_ptr<DirectoryStore> store_;
};

TEST(ObjectKey, OnlyPlainRelativePathsAreKeys) {
    for (const char* good : {"drawings/2026/019a/left.png", "a", "A-b_c.d/e"}) {
        EXPECT_TRUE(is_valid_key(good)) << good;
    }
    for (const char* bad : {"", "/etc/passwd", "../up", "a/../b", "a/./b", "a//b", "a/", ".hidden",
                            "a/.hidden", "a b", "a\\b", "a\nb", "caf\xC3\xA9", "a:b", "..", "."}) {
        EXPECT_FALSE(is_valid_key(bad)) << bad;
    }
    EXPECT_TRUE(is_valid_key(std::string(255, 'k')));
    EXPECT_FALSE(is_valid_key(std::string(256, 'k')));
    EXPECT_FALSE(is_valid_key(std::string("a\0b", 3)));
}

TEST_F(Directory, WhatIsPutIsGot) {
    ASSERT_TRUE(store_->put("drawings/2026/x/left.png", bytes_of(70'000, 7)));
    EXPECT_EQ(store_->get("drawings/2026/x/left.png").value(), bytes_of(70'000, 7));
    EXPECT_TRUE(store_->exists("drawings/2026/x/left.png").value());
    ASSERT_TRUE(store_->put("empty", {}));
    EXPECT_TRUE(store_->get("empty").value().empty());
}

TEST_F(Directory, APutReplacesWhatWasThere) {
    ASSERT_TRUE(store_->put("k", bytes_of(10, 1)));
    ASSERT_TRUE(store_->put("k", bytes_of(3, 2)));
    EXPECT_EQ(store_->get("k").value(), bytes_of(3, 2));
}

TEST_F(Directory, WhatIsNotThereIsNotFound) {
    EXPECT_EQ(store_->get("nothing/here").error().kind, ObjectErrorKind::not_found);
    EXPECT_FALSE(store_->exists("nothing/here").value());
    EXPECT_TRUE(store_->remove("nothing/here"));
}

TEST_F(Directory, AFolderIsNoObject) {
    ASSERT_TRUE(store_->put("folder/k", bytes_of(1, 1)));
    EXPECT_EQ(store_->get("folder").error().kind, ObjectErrorKind::not_found);
    EXPECT_FALSE(store_->exists("folder").value());
    EXPECT_FALSE(store_->exists("folder/k/below").value());
}

TEST_F(Directory, RemovedIsGone) {
    ASSERT_TRUE(store_->put("k", bytes_of(1, 1)));
    ASSERT_TRUE(store_->remove("k"));
    EXPECT_FALSE(store_->exists("k").value());
}

TEST_F(Directory, NoKeyLeavesTheDirectory) {
    EXPECT_EQ(store_->put("../escaped", bytes_of(1, 1)).error().kind, ObjectErrorKind::bad_key);
    EXPECT_EQ(store_->get("../../etc/passwd").error().kind, ObjectErrorKind::bad_key);
    EXPECT_EQ(store_->remove("/etc/passwd").error().kind, ObjectErrorKind::bad_key);
    EXPECT_EQ(store_->exists("..").error().kind, ObjectErrorKind::bad_key);
    EXPECT_FALSE(fs::exists(directory_.path() / "escaped"));
}

TEST_F(Directory, ObjectsAreForTheirOwnerOnly) {
    ASSERT_TRUE(store_->put("folder/k", bytes_of(1, 1)));
    struct stat facts{};
    ASSERT_EQ(::stat((directory_.path() / "objects/folder/k").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    ASSERT_EQ(::stat((directory_.path() / "objects/folder").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST_F(Directory, WhatACrashLeftHalfWrittenIsRemovedAtTheNextStart) {
    ASSERT_TRUE(store_->put("folder/k", bytes_of(1, 1)));
    const fs::path rest = directory_.path() / "objects/folder/.writing-1-2";
    std::ofstream(rest) << "half";
    fs::last_write_time(rest, fs::file_time_type::clock::now() - std::chrono::hours(1));
    ASSERT_TRUE(DirectoryStore::open(directory_.path() / "objects"));
    EXPECT_FALSE(fs::exists(rest));
    EXPECT_TRUE(store_->exists("folder/k").value());
}

TEST_F(Directory, WhatAnotherProcessIsWritingIsLeftToIt) {
    ASSERT_TRUE(store_->put("folder/k", bytes_of(1, 1)));
    const fs::path fresh = directory_.path() / "objects/folder/.writing-7-1";
    const fs::path held = directory_.path() / "objects/folder/.writing-7-2";
    std::ofstream(fresh) << "half";
    std::ofstream(held) << "half";
    fs::last_write_time(held, fs::file_time_type::clock::now() - std::chrono::hours(1));
    const FileDescriptor writer(::open(held.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(writer.fd(), LOCK_EX | LOCK_NB), 0);
    ASSERT_TRUE(DirectoryStore::open(directory_.path() / "objects"));
    EXPECT_TRUE(fs::exists(fresh));
    EXPECT_TRUE(fs::exists(held)) << "a slow write of a large file";
}

TEST_F(Directory, AReaderNeverSeesAPart) {
    constexpr std::size_t size = 200'000;
    ASSERT_TRUE(store_->put("k", bytes_of(size, 0)));
    std::atomic<bool> done{false};
    std::thread writer([&] {
        for (int i = 1; i < 60; ++i) {
            EXPECT_TRUE(store_->put("k", bytes_of(size, i)));
        }
        done = true;
    });
    while (!done) {
        const auto seen = store_->get("k");
        EXPECT_TRUE(seen);
        EXPECT_EQ(seen->size(), size);
        EXPECT_TRUE(std::ranges::all_of(*seen, [&](std::byte b) { return b == seen->front(); }));
    }
    writer.join();
}

TEST_F(Directory, ManyThreadsPutSideBySide) {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
            for (int i = 0; i < 20; ++i) {
                const std::string key =
                    "t" + std::to_string(thread) + "/" + std::to_string(i) + "/k";
                EXPECT_TRUE(store_->put(key, bytes_of(100, i)));
                EXPECT_EQ(store_->get(key).value(), bytes_of(100, i));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST(DirectoryOpen, AFileInItsPlaceIsAnErrorThatNamesIt) {
    const TempDirectory directory;
    std::ofstream(directory.path() / "objects") << "a file";
    const auto opened = DirectoryStore::open(directory.path() / "objects");
    ASSERT_FALSE(opened);
    EXPECT_TRUE(opened.error().message.contains((directory.path() / "objects").string()));
}

} // namespace

} // namespace haven::test
