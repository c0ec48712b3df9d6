using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.WrittenOutShuffle, Blockwright.CodeFixes.HandWritten.WrittenOutShuffleFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class UseChannelShuffleTests
{
    [Fact]
    public Task One_expression() => Verify.Fixes(
        Code.File("""
            static class Shuffles
            {
                static Tensor A(Tensor x)
                {
                    long n = x.shape[0], c = x.shape[1], h = x.shape[2], w = x.shape[3];
                    return {|BW4004:x.view(n, 2, c / 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)|}.relu();
                }

                static Tensor B(Tensor x, int groups)
                {
                    var s = x.shape;
                    return {|BW4004:torch.reshape(x, s[0], groups, s[1] / groups, s[2], s[3]).permute(0, 2, 1, 3, 4).reshape(s[0], s[1], s[2], s[3])|};
                }
            }
            """),
        Code.File("""
            static class Shuffles
            {
                static Tensor A(Tensor x)
                {
                    long n = x.shape[0], c = x.shape[1], h = x.shape[2], w = x.shape[3];
                    return x.channel_shuffle(2).relu();
                }

                static Tensor B(Tensor x, int groups)
                {
                    var s = x.shape;
                    return x.channel_shuffle(groups);
                }
            }
            """));

    [Fact]
    public Task Several_statements() => Verify.Fixes(
        Code.File("""
            static class Shuffles
            {
                static Tensor A(Tensor x, long groups)
                {
                    long n = x.shape[0], c = x.shape[1], h = x.shape[2], w = x.shape[3];
                    // Reshape, swap, flatten.
                    x = x.view(n, groups, c / groups, h, w);
                    x = torch.transpose(x, 1, 2).contiguous();
                    x = {|BW4004:x.view(n, -1, h, w)|};
                    return x;
                }

                static Tensor B(Tensor x)
                {
                    var apart = x.view(x.size(0), 4, x.size(1) / 4, x.size(2), x.size(3));
                    var swapped = apart.transpose(1, 2).contiguous();
                    return {|BW4004:swapped.view(x.size(0), -1, x.size(2), x.size(3))|};
                }
            }
            """),
        Code.File("""
            static class Shuffles
            {
                static Tensor A(Tensor x, long groups)
                {
                    long n = x.shape[0], c = x.shape[1], h = x.shape[2], w = x.shape[3];
                    // Reshape, swap, flatten.
                    x = x.channel_shuffle(groups);
                    return x;
                }

                static Tensor B(Tensor x)
                {
                    return x.channel_shuffle(4);
                }
            }
            """));

    [Fact]
    public Task Statements_that_others_stand_between_are_left_alone() => Verify.OffersNothing(
        Code.File("""
            static class Shuffles
            {
                static Tensor A(Tensor x)
                {
                    var y = x.view(x.size(0), 4, x.size(1) / 4, x.size(2), x.size(3));
                    Console.WriteLine("apart");
                    var z = y.transpose(1, 2).contiguous();
                    return {|BW4004:z.view(x.size(0), -1, x.size(2), x.size(3))|};
                }
            }
            """));
}
