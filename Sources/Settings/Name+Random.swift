extension Name {
  /// A random adjective and animal: `mellow-otter`. One of about thirty thousand.
  public static func random() -> String {
    guard let adjective = adjectives.randomElement(), let animal = animals.randomElement() else { return "app" }
    return "\(adjective)-\(animal)"
  }

  static let adjectives = words(
    """
    able agile airy alert amber ample apt arctic avid azure balmy bold brave breezy bright brisk bronze calm candid
    cheery chipper civil clear clever coastal cobalt comfy copper cosy crimson crisp curious dapper daring deft dewy
    diligent dreamy dusky eager early earnest easy elegant fabled fair famous fearless fleet fond frank fresh frosty
    gallant gentle gilded glad gleaming golden graceful grand hale handy happy hardy hasty hazel hearty honest
    humble indigo ivory jaunty jolly jovial keen kind lavish leafy level limber lively lofty loyal lucid lucky lunar
    mellow merry mighty mild misty modest mossy neat nimble noble olive opal orderly patient pearly placid plucky
    polar proud quick quiet radiant rapid ready regal robust rosy rugged rustic sandy scarlet serene shiny silent
    silver sincere sleek smooth snowy snug solar spry stately steady sturdy sunny swift tidy tranquil trim trusty
    upbeat velvet verdant vivid warm whimsical wise witty zesty
    """)
  static let animals = words(
    """
    adder albatross alpaca anchovy ant antelope auk avocet badger barracuda bat bear beaver beetle bison bittern
    boar bobcat bonobo buffalo bumblebee bunting buzzard camel caribou carp cat catfish chamois cheetah chickadee
    chinchilla cicada civet clam cod condor coot cormorant cougar coyote crab crane cricket crow cuckoo curlew deer
    dingo dolphin donkey dormouse dove dragonfly duck dunlin eagle eel egret eland elk emu ermine falcon ferret
    finch firefly flamingo fox frog gazelle gecko gerbil gibbon goat goose gopher grebe grouse gull hamster hare
    hawk hedgehog heron herring hoopoe hornet horse ibex ibis iguana impala jackal jackdaw jaguar jay kestrel
    kingfisher kite kiwi koala krill lark lemming lemur leopard limpet linnet lion lizard llama lobster loon lynx
    macaw mackerel magpie mallard manatee mantis marlin marmot marten meerkat merlin mink mole mongoose moose moth
    mouse mule narwhal newt nightjar ocelot octopus okapi orca oriole osprey ostrich otter owl ox oyster panda
    panther partridge pelican penguin perch petrel pheasant pike plover pony porcupine puffin puma quail quokka
    rabbit raccoon raven reindeer robin rook salamander salmon sandpiper seal shrew shrimp skylark sloth snail
    sparrow squid squirrel starling stoat stork sturgeon swallow swan swift tapir tern thrush tiger toad toucan
    trout turtle viper vole walrus warbler weasel whale wolf wombat woodpecker wren yak zebra
    """)

  private static func words(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
}
