namespace Blockwright.Graph.Memory;

/// <summary>
/// Everything that outlives a compilation in what the compiler loads, and how much of it there may be.
///
/// An editor asks anew after each keystroke, and a compiler server serves one build after the other; the compiler hands over a new compilation each time and
/// says of nothing that it is what it was. So what costs time is remembered for the process, in these two ways and no other. A static field of the four
/// assemblies is immutable or one of the types of this folder, and stands on this page; a test sees to both.
///
/// <b>Weakly</b> (<see cref="WeakMemory{TKey,TValue}"/>): a fact of an object that never changes, for as long as somebody else keeps that object. The table does
/// not keep it; it goes with its key, and so there is never more of it than of what the compiler itself holds. It cannot be wrong, since its key cannot change.
/// <list type="table">
/// <item><term>DeclarationIndex.OfCompilations</term><description>a compilation's declarations, which the generator and each analyzer ask for.</description></item>
/// <item><term>DeclarationSyntax.OfTrees</term><description>a file's part of what attributes can mean. An edit makes a new tree of one file alone.</description></item>
/// <item><term>WrittenSources.OfPlans</term><description>the file that was written of a plan, which KnownPlans keeps.</description></item>
/// <item><term>Surroundings.Numbers</term><description>a number for each thing that is referred to (<see cref="WeakNumbers"/>), which a key can hold without
/// holding the thing. No number is given twice.</description></item>
/// <item><term>Definitions.Locals, Definitions.Members, MemberWrites.Parts, FixedMembers.Written, FixedMembers.WrittenAtAll, ForwardTrace.Traces, Made.Kept, MadeHere.Kept, Operations.Laid, Sources.Known</term><description>what the rules on
/// hand-written code find in one operation, tree or semantic model, which several of them ask for, and each of one local or member after the other.</description></item>
/// <item><term>TorchSymbols.Known</term><description>TorchSharp's types in a compilation, for which each rule on hand-written code asks.</description></item>
/// <item><term>ConfigurationAnalyzer.Set</term><description>which of our keys the options of a file have, with what values, and which keys are misspelt. All files of a project are asked after each keystroke.</description></item>
/// <item><term>RootModules.Known</term><description>what the blocks of a compilation that have been read so far say of its modules. Whoever asks has seen to it that all are read.</description></item>
/// </list>
///
/// <b>By size</b> (<see cref="SizedMemory{TKey,TValue}"/>): a value under the value of all that it was made of, until what was used later needs the room. What it
/// takes is estimated (<see cref="Sizes"/>), rather high: the lengths of texts, the numbers of steps and nodes. What two keep between them counts with each.
/// <list type="table">
/// <item><term>DeclarationIndex.Known</term><description>what a class's attributes came to. The key has their tokens and every token that their meaning can
/// depend on: usings, the heads of all types, what is referred to and, where an argument names something, all members. Tokens, so that comments and what an
/// <c>#if</c> leaves out are no part of it, and what it chooses is. Where the meaning depends on more (an attribute that the project declares itself in our
/// namespace), nothing is remembered.</description></item>
/// <item><term>DeclarationIndex.Listings</term><description>the same of all classes of a project, by a hash of their keys: nearly every keystroke leaves all of them as they were.
/// Kept only where each of them is.</description></item>
/// <item><term>KnownPlans.Known</term><description>what one declaration comes to before its file is written. The key is the declaration with every block that it
/// reaches, and what the code depends on beside them, compared by value; planning it looks at nothing else.</description></item>
/// <item><term>BuiltWorlds.Known</term><description>what the declarations of a project last came to, by assembly name, language version and preprocessor symbols,
/// so that the targets of one project keep one each. Here the key only finds what is most alike: each declaration is compared by value with the one that was
/// built, and what is not equal, or reaches what is not, is built anew.</description></item>
/// <item><term>OversizedBlocks.Known</term><description>whether a block is more than is read of one declaration. The key is the block with every block that it reaches.
/// Asked only of blocks that may be, of which a project has none.</description></item>
/// </list>
///
/// All of it holds values: no compilation, syntax or symbol is kept alive by it. Two threads that make the same thing at once lose the time of one.
/// </summary>
public static class MemoryLimits
{
    /// <summary>A project with 300 declared classes (the one that benchmarks/Editing types in) counts 1.6 MB, and as much again for each change of its usings or type heads.</summary>
    public const long Declarations = 64 << 20;

    /// <summary>The same project's list counts 1 MB.</summary>
    public const long Listings = 16 << 20;

    /// <summary>The same project's plans count a few MB.</summary>
    public const long Plans = 64 << 20;

    /// <summary>Fifty blocks that double each other count 0.3 MB.</summary>
    public const long Oversized = 4 << 20;

    /// <summary>And its graphs, with the networks opened, 5 MB for each target.</summary>
    public const long Worlds = 96 << 20;
}
