"""Facts about titles that no table in the data folder holds, written by hand.

Television is kept and marked, games are dropped, and a few films go by another name in the
soundtrack lists than in the catalogue.
"""

#: Titles of the catalogue that are series, mini-series or specials, with their year.
TELEVISION = {
    ("Jesus of Nazareth", 1977),
    ("Lonesome Dove", 1989),
    ("The Civil War", 1990),
    ("The Stand", 1994),
    ("Pride and Prejudice", 1995),
    ("From the Earth to the Moon", 1998),
    ("Cowboy Bebop", 1998),
    ("Blackadder Back & Forth", 1999),
    ("The 10th Kingdom", 2000),
    ("Nuremberg", 2000),
    ("Band of Brothers", 2001),
    ("Rose Red", 2002),
    ("North & South", 2004),
    ("Long Way Round", 2004),
    ("Power of Nightmares, The: The Rise of the Politics of Fear", 2004),
    ("Generation Kill", 2008),
    ("John Adams", 2008),
    ("The Pacific", 2010),
    ("Frozen Planet", 2011),
    ("Human Planet", 2011),
    ("Black Mirror", 2011),
    ("Endeavour", 2012),
    ("Twin Peaks", 1989),
    ("Cosmos", 1980),
    ("Family Guy Presents: Blue Harvest", 2007),
    ("The Shining", 1997),
    ("The Star Wars Holiday Special", 1978),
    ("Larry David: Curb Your Enthusiasm", 1999),
    ("Dave Chappelle: Killin' Them Softly", 2000),
    ("Scooby Goes Hollywood", 1979),
}

#: Films among the unresolved titles of the IMDb Top 250 lists; the other ones are television.
FILMS_OF_THE_LISTS = {("Jai Bhim", 2021), ("Rurouni Kenshin: Trust and Betrayal", 1999)}

#: Other names of films: title in the soundtrack lists → (title, year) in the catalogue.
ALIASES = {
    "8 1/2": ("8½", 1963),
    "Easy Virtue": ("Easy Virtue", 2008),
    "European Vacation": ("National Lampoon's European Vacation", 1985),
    "Ever After: A Cinderella Story": ("EverAfter", 1998),
    "Friday the 13th Part V: A New Beginning": ("Friday the 13th: A New Beginning", 1985),
    "Gone in 60 Seconds": ("Gone in Sixty Seconds", 2000),
    "Harry Potter and the Sorcerer's Stone": ("Harry Potter and the Philosopher's Stone", 2001),
    "Mouse Hunt": ("MouseHunt", 1997),
    "Naked Gun 33 1/3: The Final Insult": ("Naked Gun 33⅓: The Final Insult", 1994),
    "Nikita": ("La Femme Nikita", 1990),
    "Richie Rich": ("Ri¢hie Ri¢h", 1994),
    "Star Trek: The Wrath of Khan": ("Star Trek II: The Wrath of Khan", 1982),
    "Star Wars: A New Hope": ("Star Wars", 1977),
    "Star Wars: The Empire Strikes Back": ("The Empire Strikes Back", 1980),
    "Star Wars: Return of the Jedi": ("Return of the Jedi", 1983),
    "Star Wars: The Phantom Menace": ("Star Wars: Episode I - The Phantom Menace", 1999),
    "Star Wars: Attack of the Clones": ("Star Wars: Episode II - Attack of the Clones", 2002),
    "Star Wars: Revenge of the Sith": ("Star Wars: Episode III - Revenge of the Sith", 2005),
    "The X-Files: Fight the Future": ("The X Files", 1998),
    "Vacation": ("National Lampoon's Vacation", 1983),
    "Wes Craven's New Nightmare": ("New Nightmare", 1994),
    "Enredados (Rapunzel)": ("Tangled", 2010),
    "La Sirenita": ("The Little Mermaid", 1989),
    "Vaiana": ("Moana", 2016),
    "The Muppet": ("The Muppets", 2011),
    "TROLLS": ("Trolls", 2016),
    "The Lego Batman": ("The Lego Batman Movie", 2017),
    "Frozen 2": ("Frozen II", 2019),
    "The Lion King: Special Edition": ("The Lion King", 1994),
    "Dr. Zhivago": ("Doctor Zhivago", 1965),
    "Get Rich Or Die Tryin": ("Get Rich or Die Tryin'", 2005),
    'B2K Presents "You Got Served': ("You Got Served", 2004),
    "The Hunger Games: Mockingjay Pt. 1": ("The Hunger Games: Mockingjay - Part 1", 2014),
    "Harry Potter and the Deathly Hallows, Pt. 2": (
        "Harry Potter and the Deathly Hallows: Part 2",
        2011,
    ),
}

#: Series among the titles that come without a year: beginning of the title → (series, year).
SERIES = {
    "Attack on Titan": ("Attack on Titan", 2013),
    "Broadchurch": ("Broadchurch", 2013),
    "Doctor Who": ("Doctor Who", 2005),
    "Friends": ("Friends", 1994),
    "Fullmetal Alchemist: Brotherhood": ("Fullmetal Alchemist: Brotherhood", 2009),
    "Grey's Anatomy": ("Grey's Anatomy", 2005),
    "Haikyuu!!": ("Haikyuu!!", 2014),
    "High School Musical: The Musical": ("High School Musical: The Musical: The Series", 2019),
    "Insecure": ("Insecure", 2016),
    "Naruto Shippuden": ("Naruto: Shippûden", 2007),
    "One Piece": ("One Piece", 1999),
    "Star Wars Rebels": ("Star Wars Rebels", 2014),
    "Star Wars: The Bad Batch": ("Star Wars: The Bad Batch", 2021),
    "Star Wars: The Clone Wars": ("Star Wars: The Clone Wars", 2008),
    "Stranger Things": ("Stranger Things", 2016),
    "Sword Art Online": ("Sword Art Online", 2012),
    "The Book of Boba Fett": ("The Book of Boba Fett", 2021),
    "The Mandalorian": ("The Mandalorian", 2019),
    "Top Boy": ("Top Boy", 2011),
    "13 Reasons Why": ("13 Reasons Why", 2017),
}
