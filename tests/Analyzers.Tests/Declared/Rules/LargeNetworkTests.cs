using static Blockwright.Analyzers.Tests.Declared.Rules.RuleTest;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

public sealed class LargeNetworkTests
{
    /// <summary>A thousand millions of convolutions: nothing is said, and at once.</summary>
    [Fact]
    public Task Stages_of_stages_do_not_stop_the_editor() => Verify(
        """
        [Block] [Conv2d("in", 3, Groups = 16), BatchNorm2d, ReLU] public partial class Unit;
        [Block] [Stage<Unit>("unit", Units = 1000)] public partial class Tens;
        [Block] [Stage<Tens>("tens", Units = 1000)] public partial class Hundreds;
        """ + Net("Stage<Hundreds>(\"hundreds\", Units = 1000)"));
}
