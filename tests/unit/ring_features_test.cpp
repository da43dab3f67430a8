// Goal: what a kernel lacks is named in the sentence about the ring, with what takes its place, if the group would use
// it, and does take its place. Method: every finding, for every wish; and a driver on a real ring that is told to do
// without what its kernel has.
#include "every_driver.hpp"

#include <sys/un.h>

namespace shardbridge::detail {
namespace {

const shard_group_options receiving{};
const shard_group_options neither{.receive_buffers = 0};
const shard_group_options both{.zero_copy_from = 4096};

TEST(ring_features_missing, are_none_where_all_is_there) {
  for (const shard_group_options& each : {receiving, neither, both})
    EXPECT_EQ(fallbacks_of({}, 0, each), "");
}

TEST(ring_features_missing, are_named_to_who_wants_them) {
  const ring_features no_zero_copy{.zero_copy = false};
  EXPECT_EQ(fallbacks_of(no_zero_copy, 0, both), "; no zero-copy sends: they are copied");
  EXPECT_EQ(fallbacks_of(no_zero_copy, 0, receiving), "") << "nobody wants them";
  const ring_features no_multishot{.multishot_receive = false};
  EXPECT_EQ(fallbacks_of(no_multishot, 0, receiving),
            "; no multishot receive: sockets receive into memory of the caller's only");
  EXPECT_EQ(fallbacks_of({}, EINVAL, receiving),
            "; no provided buffers (Invalid argument): sockets receive into memory "
            "of the caller's only");
  for (const int error : {0, EINVAL, EOPNOTSUPP})
    EXPECT_EQ(fallbacks_of(no_multishot, error, neither), "");
  EXPECT_EQ(fallbacks_of({.multishot_accept = false}, 0, neither),
            "; no multishot accept: connections are accepted one at a time");
}

TEST(ring_features_missing, are_named_together) {
  EXPECT_EQ(fallbacks_of({.zero_copy = false, .multishot_accept = false, .multishot_receive = false}, ENOMEM, both),
            "; no zero-copy sends: they are copied; no multishot accept: connections are accepted one at a time; no "
            "provided buffers (Cannot allocate memory), no multishot receive: sockets receive into memory of the "
            "caller's only");
}

class ring_features_found : public every_driver {
 protected:
  void make_without(const ring_features& features, std::uint64_t zero_copy_from = UINT64_MAX) {
    if (IsSkipped()) return;
    kernel = std::make_unique<uring_driver>(uring_driver::setup{.entries = entries,
                                                                .receive_buffers = 4,
                                                                .receive_buffer_bytes = buffer_bytes,
                                                                .zero_copy_from = zero_copy_from,
                                                                .features = features},
                                            wake);
  }
};

// As the kernel itself tells of the operations that it has and of those that it has not.
TEST_P(ring_features_found, agree_with_what_works) {
  ring tested(8);
  const ring_features found = find_features(tested);
  EXPECT_EQ(found.zero_copy, tested.supports(IORING_OP_SENDMSG_ZC));
  const int refused = tested.answer_to([](io_uring_sqe* sqe) {
    io_uring_prep_multishot_accept(sqe, -1, nullptr, nullptr, 0);
    sqe->ioprio |= 1U << 14U; // as a flag of a kernel that is to come
  });
  EXPECT_EQ(refused, -EINVAL) << "what is not known is refused before the descriptor is looked for";
  EXPECT_EQ(tested.answer_to([](io_uring_sqe* sqe) { io_uring_prep_nop(sqe); }), 0) << "the ring is as it was";
}

TEST_P(ring_features_found, need_no_multishot_accept) {
  make_without({.multishot_accept = false});
  const fd_owner listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  folder.string().append("/listener").copy(to.sun_path, sizeof to.sun_path - 1);
  const auto* const at = reinterpret_cast<const sockaddr*>(&to);
  ASSERT_EQ(::bind(listener, at, sizeof to), 0);
  ASSERT_EQ(::listen(listener, 8), 0);
  submission accept{.code = op_code::accept};
  accept.fd = listener;
  for (int times = 0; times < 3; ++times) {
    stage(0, accept);
    expect_waits(0);
    const fd_owner ours(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(ours, at, sizeof to), 0);
    const completion got = next(0);
    EXPECT_FALSE(got.more) << "it is begun again for the next";
    const fd_owner accepted(got.result);
    EXPECT_EQ(::fcntl(accepted, F_GETFD), FD_CLOEXEC);
  }
}

TEST_P(ring_features_found, need_no_multishot_receive) {
  make_without({.multishot_receive = false});
  EXPECT_EQ(kernel->without_buffers(), EOPNOTSUPP);
  socket_pair pair;
  bytes in(8);
  pair.they_send("one");
  EXPECT_EQ(result_of(transfer(op_code::receive, pair.ours, in)), 3);
}

TEST_P(ring_features_found, need_no_zero_copy) {
  make_without({.zero_copy = false}, 0);
  socket_pair pair;
  bytes out(std::string("hello"));
  EXPECT_EQ(result_of(transfer(op_code::send, pair.ours, out)),
            5); // of one that is not copied comes another completion
  EXPECT_EQ(pair.they_receive(5), "hello");
  take();
  EXPECT_EQ(unseen(0), 0U);
}

INSTANTIATE_TEST_SUITE_P(of_io_uring, ring_features_found, testing::Values(driver_kind::io_uring));

} // namespace
} // namespace shardbridge::detail
