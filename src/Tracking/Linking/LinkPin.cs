namespace Cellpose3D.Tracking.Linking;

/// <summary>A user's word on a link, which every later solve respects.</summary>
/// <param name="Source">Id of the earlier cell.</param>
/// <param name="Target">Id of the later cell.</param>
/// <param name="Accept">True: the link is; false: the link is not.</param>
public readonly record struct LinkPin(int Source, int Target, bool Accept);
