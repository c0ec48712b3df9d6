namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class LargeNetworkTests
{
    /// <summary>A thousand millions of convolutions: refused, and at once.</summary>
    [Fact]
    public Task Stages_of_stages_do_not_stop_the_editor() => DeclarationTest.Verify(
        """
        [Block] [Conv2d("in", 3, Groups = 16), BatchNorm2d, ReLU] public partial class Unit;
        [Block] [Stage<Unit>("unit", Units = 1000)] public partial class Tens;
        [Block] [Stage<Tens>("tens", Units = 1000)] public partial class Hundreds;
        [Network, Input(16, 8, 8)] [{|#0:Stage<Hundreds>("hundreds", Units = 1000)|}] public partial class Net;
        """,
        ("BW0026", "Too large: expected at most 20,000 layers and blocks, the blocks opened, found 4,001,001,000"));
}
