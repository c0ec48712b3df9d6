using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.LostSubmodule, Blockwright.CodeFixes.HandWritten.SubmoduleFix>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class UseModuleListTests
{
    [Fact]
    public Task Lists_and_arrays() => Verify.Fixes(
        Code.File("""
            class Net : Module<Tensor, Tensor>
            {
                private readonly List<Module<Tensor, Tensor>> {|BW6001:blocks|} = new();
                private readonly Linear[] {|BW6001:heads|};
                private readonly IList<Linear> {|BW6001:tails|} = new List<Linear> { Linear(2, 2), Linear(2, 2) };
                private readonly Linear[] {|BW6001:ends|} = { Linear(2, 2) };

                public Net() : base("Net")
                {
                    for (var i = 0; i < 3; i++)
                        blocks.Add(Linear(2, 2));
                    heads = Enumerable.Range(0, 3).Select(_ => Linear(2, 2)).ToArray();
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    foreach (var block in blocks)
                        x = block.call(x);
                    for (var i = 0; i < this.heads.Length; i++)
                        x = heads[i].call(x);
                    return ends[^1].call(tails[0].call(x));
                }
            }
            """),
        Code.File("""
            class Net : Module<Tensor, Tensor>
            {
                private readonly ModuleList<Module<Tensor, Tensor>> blocks = new ModuleList<Module<Tensor, Tensor>>();
                private readonly ModuleList<Linear> heads;
                private readonly ModuleList<Linear> tails = new ModuleList<Linear>(Linear(2, 2), Linear(2, 2));
                private readonly ModuleList<Linear> ends = new ModuleList<Linear>(Linear(2, 2));

                public Net() : base("Net")
                {
                    for (var i = 0; i < 3; i++)
                        blocks.Add(Linear(2, 2));
                    heads = new ModuleList<Linear>(Enumerable.Range(0, 3).Select(_ => Linear(2, 2)).ToArray());
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    foreach (var block in blocks)
                        x = block.call(x);
                    for (var i = 0; i < this.heads.Count; i++)
                        x = heads[i].call(x);
                    return ends[^1].call(tails[0].call(x));
                }
            }
            """));

    [Theory]
    // Filled after the registration, which a ModuleList would not see either.
    [InlineData("private readonly List<Linear> {|BW6001:layers|} = new();", "RegisterComponents(); layers.Add(Linear(2, 2));")]
    // Nobody registers.
    [InlineData("private readonly List<Linear> {|BW6001:layers|} = new() { Linear(2, 2) };", "")]
    // A ModuleList cannot be sized.
    [InlineData("private readonly Linear[] {|BW6001:layers|} = new Linear[2];", "layers[0] = Linear(2, 2); RegisterComponents();")]
    // A ModuleList has no such method.
    [InlineData("private readonly List<Linear> {|BW6001:layers|} = new() { Linear(2, 2) }; void Turn() => layers.Reverse(0, 1);", "RegisterComponents();")]
    // A dictionary's keys become names, which not every string can be.
    [InlineData("private readonly Dictionary<string, Linear> {|BW6001:layers|} = new() { [\"a.b\"] = Linear(2, 2) };", "RegisterComponents();")]
    public Task Where_a_ModuleList_is_no_cure_nothing_is_offered(string field, string constructor) => Verify.OffersNothing(
        Code.File($$"""
            class Net : Module<Tensor, Tensor>
            {
                {{field}}
                public Net() : base("Net") { {{constructor}} }
                public override Tensor forward(Tensor x) => x;
            }
            """));
}
