namespace Blockwright.Graph;

/// <summary>What stands for a class whose declaration has mistakes, so that the code that uses it compiles.</summary>
public enum Completion
{
    /// <summary>Our base class, and members that throw.</summary>
    OnOurBase,

    /// <summary>The base class of blocks, which the user has written for a network.</summary>
    OnBlockModule,

    /// <summary>TorchSharp's module in our base's place: a member of the user's own would clash with ours.</summary>
    OnTorchModule,

    /// <summary>Members that throw, beside a base class of the user's own, which we cannot replace.</summary>
    OnOwnBase,

    /// <summary>The same, where that base is a module whose forward nobody has written.</summary>
    OnOwnModule,

    /// <summary>Nothing: no other file can add to the class.</summary>
    None,
}

/// <summary>What a class says beside its attributes, as far as what is written for it depends on that.</summary>
/// <param name="Keyword">class or record.</param>
/// <param name="IsAbstract">Whether a base class of the user's own leaves members to be written, which nobody here can.</param>
/// <param name="TypeParameters">As in <c>&lt;T&gt;</c>; empty for most.</param>
/// <param name="Completion">What is written while there are mistakes.</param>
/// <param name="HasConstructor">Whether it has the constructor that would be written, or one cannot be.</param>
/// <param name="BaseTakesName">Whether the base class that the user has written is made with a name.</param>
/// <param name="TakenNames">The names of its own members that ours could have.</param>
/// <param name="Components">Its own members that hold a module, a parameter or a tensor.</param>
/// <param name="ClosedNames">The names that no member for a layer may have, of those that its keys may begin with: a member of its own has it, or one that it inherits.</param>
/// <param name="GroupNames">The names that no member of a group of layers may have, of those that parts of its keys may be: a group has them itself.</param>
/// <param name="HasSummary">Whether the user's own comment says what it is.</param>
public sealed record ClassForm(
    string Keyword, bool IsAbstract, string TypeParameters, Completion Completion, bool HasConstructor, bool BaseTakesName, EquatableArray<string> TakenNames, EquatableArray<string> Components,
    EquatableArray<string> ClosedNames, EquatableArray<string> GroupNames, bool HasSummary)
{
    public static ClassForm Plain { get; } = new("class", false, "", Completion.OnOurBase, false, false, EquatableArray<string>.Empty, EquatableArray<string>.Empty, EquatableArray<string>.Empty, EquatableArray<string>.Empty, false);
}
